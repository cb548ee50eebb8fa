"""Closes connections whose client does not read the answer."""

import asyncio
from collections.abc import Callable

from uvicorn.protocols.http.flow_control import HIGH_WATER_LIMIT


class Unread:
    """Watches what a client has not read; aborts the connection if it is too slow."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        transport: asyncio.Transport,
        seconds: float,
        is_final: Callable[[], bool],
    ) -> None:
        """`is_final` returns whether nothing more is written until the client reads."""
        self._loop = loop
        self._transport = transport
        self._seconds = seconds
        self._is_final = is_final
        self._timer: asyncio.TimerHandle | None = None
        self._before: int | None = (
            None  # unread when the timer began; None: begin again
        )

    @property
    def is_watched(self) -> bool:
        """Whether there is something to read and the timer runs."""
        return self._timer is not None

    def watch(self) -> None:
        """Start the timer if there is something to read."""
        self.stop()
        self._before = self._transport.get_write_buffer_size()
        if self._before:
            self._timer = self._loop.call_later(self._seconds, self._look)

    def spare(self) -> None:
        """Restart the timer when it expires, because the client has read something."""
        self._before = None

    def stop(self) -> None:
        """Stop the timer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        left = self._transport.get_write_buffer_size()
        # More may be written meanwhile: then the size of the buffer proves nothing.
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
