"""Bounds on what a connection may send, and on how slowly it may send and read.

uvicorn bounds neither the size of headers nor the time that they take, and waits for ever
for an answer to be read (docs/decisions/0037).
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
from unwrapped.core.http.guards.unread import Unread

MOST_PIPELINED = 20
"""Requests that may wait on a connection for the answer to an earlier one."""

UNSEEN_LINGER_SECONDS = 1.0
"""TLS cannot close one direction alone: the client does not see that it should go."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one connection may do."""

    header_bytes: int
    headers: int
    header_seconds: float
    reading_seconds: float


class OutOfBounds(Exception):
    """Ends the parsing of what a client sends."""


class BoundedProtocol(HttpToolsProtocol):
    """One connection, spoken by httptools, that ends when it leaves its bounds."""

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
        """Let the client in, or not."""
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
        """Forget the client."""
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
        """Send an answer, unless another one is on its way, and close."""
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
        """Whether no other answer has begun, or must come before."""
        last = self._last
        if last is None or last.response_complete:
            return True
        return not (self.pipeline or last.response_started)

    def linger(self) -> None:
        """Send nothing more, and drop what still comes, for as long as headers may take.

        To close with something unread resets the connection, and the answer may be lost.
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
        # uvicorn takes the last request for the running one when a client goes; what an
        # earlier one sends would crash, and it would wait for ever for a client to go.
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    @staticmethod
    def _disconnect(cycle: RequestResponseCycle) -> None:
        """Let the application see that its client is gone, and drop what it sends."""
        cycle.disconnected = True
        cycle.message_event.set()

    def _close(self) -> None:
        self.transport.close()
        self._unread.watch()

    # What comes in

    def data_received(self, data: bytes) -> None:
        """Parse what came, within the bounds."""
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
        """Begin to answer the request."""
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
        """Refuse what the parser, or one of the above, did not take."""
        if self._is_out_of_bounds:
            self._end_with(too_large(self._bounds.headers, self._bounds.header_bytes))
        else:
            super().send_400_response(msg)
            self._unread.watch()

    def _await_headers(self) -> None:
        """Give the client its time, unless it runs already."""
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
            # A client that sent nothing asked nothing.
            self._end_with(TOO_LATE if self._unparsed else b"")

    # What goes out

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
        """Go on: the client has read."""
        super().resume_writing()
        self._unread.spare()

    def _is_written(self) -> bool:
        """Whether nothing is added to an answer before the client reads."""
        return self.flow.write_paused or not self._is_answering


class _Lingering(asyncio.Transport):
    """The transport of an answer that may come before the request has ended."""

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
    """What uvicorn makes a protocol of for each connection of a process."""
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
    # All that uvicorn does with the class is to call it, and to hand it to the process
    # that it reloads: a partial can be pickled.
    return cast(
        "type[asyncio.Protocol]", partial(BoundedProtocol, bounds=bounds, gate=gate)
    )
