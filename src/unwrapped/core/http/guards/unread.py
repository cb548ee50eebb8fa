"""Answers that a client does not read."""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT


class Unread:
    """What a client has not read of its answers; resets the connection in the end."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        transport: asyncio.Transport,
        seconds: float,
        is_final: Callable[[], bool],
    ) -> None:
        """`is_final` says whether nothing is written before the client reads."""
        self._loop = loop
        self._transport = transport
        self._seconds = seconds
        self._is_final = is_final
        self._timer: asyncio.TimerHandle | None = None
        self._before: int | None = None  # when the timer was set; None: look again

    @property
    def is_watched(self) -> bool:
        """Whether there is something to read, and the client's time runs."""
        return self._timer is not None

    def watch(self) -> None:
        """Give the client its time from now on, if there is something to read."""
        self.stop()
        self._before = self._transport.get_write_buffer_size()
        if self._before:
            self._timer = self._loop.call_later(self._seconds, self._look)

    def spare(self) -> None:
        """Give the client its time once more when it is over: it reads."""
        self._before = None

    def stop(self) -> None:
        """Watch nothing."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        left = self._transport.get_write_buffer_size()
        # More may be written meanwhile: then the buffer says nothing.
        is_final = self._is_final() or self._transport.is_closing()
        if (
            left
            and is_final
            and self._before is not None
            and self._before - left < HIGH_WATER_LIMIT
        ):
            self._transport.abort()
        else:
            self.watch()
