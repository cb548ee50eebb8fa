"""A deadline for bodies that do not arrive, or arrive too slowly."""

import asyncio
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

GRACE_SECONDS = 30.0
SLOWEST_BYTES_PER_SECOND = 8 * 1024
MOST_GRACES = 10
"""The most graces that a body can have left: a fast start must not allow hours of
silence."""


class BodyDeadline:
    """Gives a body some seconds, and one more for every 8 KiB received.

    Only the time in which the application waits for the client counts, so one rule fits
    small bodies and streamed uploads. Reading a body that is too slow raises
    `HTTPException` 408, and the connection is closed.
    """

    def __init__(self, app: ASGIApp, grace_seconds: float = GRACE_SECONDS) -> None:
        self._app = app
        self._grace = grace_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        watch = _Watch(receive, send, self._grace)
        await self._app(scope, watch.receive, watch.send)


class _Watch:
    """The body of one request, until its end or the start of the answer."""

    __slots__ = ("_left", "_most", "_over", "_receive", "_send")

    def __init__(self, receive: Receive, send: Send, grace: float) -> None:
        self._receive = receive
        self._send = send
        self._left = grace
        self._most = grace * MOST_GRACES
        self._over = False

    async def receive(self) -> Message:
        """Return the next message. Raises `HTTPException` when the time is up."""
        if self._over:
            return await self._receive()
        clock = asyncio.get_running_loop().time
        begun = clock()
        message = await self._receive_in_time()
        earned = len(message.get("body", b"")) / SLOWEST_BYTES_PER_SECOND
        self._left = min(self._left + earned - (clock() - begun), self._most)
        if not message.get("more_body", False):
            self._over = True
        return message

    async def _receive_in_time(self) -> Message:
        try:
            async with asyncio.timeout(self._left):
                return await self._receive()
        except TimeoutError as error:
            if self._over:  # a streaming answer waits here for the disconnect
                return await self._receive()
            raise HTTPException(
                HTTPStatus.REQUEST_TIMEOUT,
                "The body did not come in time.",
                {"Connection": "close"},
            ) from error

    async def send(self, message: Message) -> None:
        """Pass on a message of the answer."""
        self._over = True
        await self._send(message)
