"""Limits on what a connection may send, and on how slowly it may send and read.

uvicorn limits neither the size of headers nor their time, and waits forever for an
answer to be read (docs/decisions/0037).
"""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from unwrapped.core.config import Settings
from unwrapped.core.http.guards.connections import Gate, affordable
from unwrapped.core.http.guards.proxies import TrustedProxies
from unwrapped.core.http.guards.refusals import TOO_LATE, TOO_MANY, too_large
from unwrapped.core.http.guards.unread_answers import Unread

MOST_PIPELINED = 20
"""Pipelined requests that may wait for the answer to an earlier one."""

UNSEEN_LINGER_SECONDS = 1.0
"""Over TLS, which cannot close only one direction: the client waits for this close."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of one connection."""

    header_bytes: int
    headers: int
    header_seconds: float
    reading_seconds: float


class OutOfBounds(Exception):
    """Raised to end the parsing of what a client sends."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection, parsed by httptools, that is closed when it exceeds its limits."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        bounds: Bounds,
        gate: Gate,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._bounds = bounds
        self._gate = gate
        self._has_entered = False
        self._last: RequestResponseCycle | None = None
        self._running: RequestResponseCycle | None = None
        self._header_bytes = 0
        self._unparsed = 0  # bytes that the parser may hold
        self._is_lingering = False
        self._is_out_of_bounds = False
        self._headers_timer: asyncio.TimerHandle | None = None
        self._unread: Unread

    # The connection

    def connection_made(  # type: ignore[override]  # as uvicorn has it
        self, transport: asyncio.Transport
    ) -> None:
        """Accept the client or refuse it."""
        super().connection_made(transport)
        self._unread = Unread(
            self.loop, transport, self._bounds.reading_seconds, self._is_written
        )
        self._has_entered = self._gate.enter(self._address)
        if self._has_entered:
            self._await_headers()
        else:
            transport.write(TOO_MANY)
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Release what the connection holds."""
        super().connection_lost(exc)
        if self._running is not None:
            self._disconnect(self._running)
        self._stop_awaiting_headers()
        self._unread.stop()
        if self._has_entered:
            self._has_entered = False
            self._gate.leave(self._address)

    @property
    def _address(self) -> str | None:
        return self.client[0] if self.client else None

    @property
    def _is_answering(self) -> bool:
        return self._last is not None and not self._last.response_complete

    def _end_with(self, answer: bytes) -> None:
        """Send an answer and close, unless another answer has begun."""
        if self.transport.is_closing() or self._is_lingering:
            return
        if not answer or not self._is_its_turn():
            self._close()
            return
        if self._last is not None:  # its application still waits for a body
            self._disconnect(self._last)
        self.transport.write(answer)
        self.linger()

    def _is_its_turn(self) -> bool:
        """Whether no other answer has begun or must be sent first."""
        last = self._last
        if last is None or last.response_complete:
            return True
        return not (self.pipeline or last.response_started)

    def linger(self) -> None:
        """Stop sending, and discard what arrives, for as long as headers may take.

        Closing a socket with unread data resets the connection, and the answer may be lost.
        """
        self._is_lingering = True
        seconds = UNSEEN_LINGER_SECONDS
        if self.transport.can_write_eof():
            self.transport.write_eof()
            seconds = self._bounds.header_seconds
        self._stop_awaiting_headers()
        self._headers_timer = self.loop.call_later(seconds, self._end_late)

    def _start_asgi_task(
        self, cycle: RequestResponseCycle, app: ASGI3Application
    ) -> None:
        # When a client disconnects, uvicorn takes the last request for the running one:
        # an earlier one would crash when it sends, and wait forever for the disconnect.
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    @staticmethod
    def _disconnect(cycle: RequestResponseCycle) -> None:
        """Show the application that its client is gone, and discard what it sends."""
        cycle.disconnected = True
        cycle.message_event.set()

    def _close(self) -> None:
        self.transport.close()
        self._unread.watch()

    # Receiving

    def data_received(self, data: bytes) -> None:
        """Parse received data, within the limits."""
        if self._is_lingering:
            return
        self._unparsed += len(data)
        super().data_received(data)
        if self._unparsed > self._bounds.header_bytes:
            self._end_with(too_large(self._bounds.headers, self._bounds.header_bytes))
        if not self._is_answering:
            self._await_headers()
            return
        self._stop_awaiting_headers()
        if self.cycle.more_body and not isinstance(self.cycle.transport, _Lingering):
            self.cycle.transport = _Lingering(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header, or a trailer of a body."""
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value) + len(b": \r\n")
        if (
            self._header_bytes > self._bounds.header_bytes
            or len(self.headers) > self._bounds.headers
        ):
            self._leave_bounds()

    def on_headers_complete(self) -> None:
        """Start the application for the request."""
        if (
            len(self.url) + self._header_bytes > self._bounds.header_bytes
            or len(self.pipeline) >= MOST_PIPELINED
        ):
            self._leave_bounds()
        self._header_bytes = self._unparsed = 0
        super().on_headers_complete()
        self._last = self.cycle

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._unparsed = 0
        super().on_body(body)

    def _leave_bounds(self) -> None:
        self._is_out_of_bounds = True
        raise OutOfBounds

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser, or one of the methods above, did not accept."""
        if self._is_out_of_bounds:
            self._end_with(too_large(self._bounds.headers, self._bounds.header_bytes))
        else:
            super().send_400_response(msg)
            self._unread.watch()

    def _await_headers(self) -> None:
        """Start the timer of the client, unless it runs already."""
        if self._headers_timer is None:
            self._headers_timer = self.loop.call_later(
                self._bounds.header_seconds, self._end_late
            )

    def _stop_awaiting_headers(self) -> None:
        if self._headers_timer is not None:
            self._headers_timer.cancel()
            self._headers_timer = None

    def _end_late(self) -> None:
        if self._is_lingering or self.transport.is_closing():
            self._close()
        else:
            # A client that sent nothing expects no answer.
            self._end_with(TOO_LATE if self._unparsed else b"")

    # Sending

    def on_response_complete(self) -> None:
        """Begin the next request, or wait for it."""
        super().on_response_complete()
        if self._is_lingering:
            self._unset_keepalive_if_required()
        if not self._unread.is_watched:
            self._unread.watch()
        elif not self.flow.write_paused:
            self._unread.spare()

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        super().pause_writing()
        self._unread.watch()

    def resume_writing(self) -> None:
        """Continue: the client has read."""
        super().resume_writing()
        self._unread.spare()

    def _is_written(self) -> bool:
        """Whether nothing more is written until the client reads."""
        return self.flow.write_paused or not self._is_answering


class _Lingering(asyncio.Transport):
    """The transport of an answer that may be sent before the request has ended."""

    def __init__(self, protocol: BoundedProtocol) -> None:
        super().__init__()
        self._protocol = protocol
        self._cycle = protocol.cycle

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._protocol.transport.write(data)

    def is_closing(self) -> bool:
        return self._protocol.transport.is_closing()

    def close(self) -> None:
        if self._cycle.response_complete and self._cycle.more_body:
            self._protocol.linger()
        else:
            self._protocol.transport.close()


def bounded_protocol(settings: Settings) -> type[asyncio.Protocol]:
    """Return the class that uvicorn calls for each connection of a process."""
    bounds = Bounds(
        header_bytes=settings.max_header_size,
        headers=settings.max_headers,
        header_seconds=settings.header_timeout_seconds,
        reading_seconds=settings.reading_timeout_seconds,
    )
    gate = Gate(
        affordable(settings.max_connections),
        settings.connections_per_address,
        TrustedProxies(settings.trusted_proxies),
    )
    # uvicorn only calls the class, and passes it to the process that it reloads: a
    # partial can be pickled.
    return cast(
        "type[asyncio.Protocol]", partial(BoundedProtocol, bounds=bounds, gate=gate)
    )
