"""Wrong answers that a client id selects, of the API and of the token endpoint."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.types import Receive, Scope, Send

from unwrapped.sandbox.config import SandboxConfig

PIECE_BYTES = 64 * 1024
ELSEWHERE = "http://169.254.169.254/latest/meta-data/"
"""An address that no client should follow: the metadata of a cloud machine."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A way in which an answer goes wrong."""

    description: str
    """A description for people."""

    answer: Callable[[Request, SandboxConfig], Awaitable[Response | None]]
    """Returns the wrong answer; None if the right answer follows, as after a delay."""


class CutOff(Response):
    """An answer whose connection ends before its announced length."""

    media_type = "application/json"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        length = len(self.body)
        start = {"type": "http.response.start", "status": self.status_code}
        await send(start | {"headers": self.raw_headers})
        half = self.body[: length // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def api_error(status: int, message: str, reason: str | None = None) -> JSONResponse:
    """An error in the form of the API."""
    error: dict[str, object] = {"status": status, "message": message}
    if reason is not None:
        error["reason"] = reason
    return JSONResponse({"error": error}, status)


def oauth_error(status: int, error: str, description: str) -> JSONResponse:
    """An error in the form of the token endpoint."""
    return JSONResponse({"error": error, "error_description": description}, status)


def _always(make: Callable[[], Response], description: str) -> Fault:
    async def answer(_: Request, __: SandboxConfig) -> Response:
        return make()

    return Fault(description, answer)


def _limited(response: Response, seconds: int) -> Response:
    response.headers["Retry-After"] = str(seconds)
    return response


def _rate_limited() -> Response:
    return _limited(api_error(429, "API rate limit exceeded"), 1)


def _over_quota() -> Response:
    message, reason = "Too many requests", "QUOTA_EXCEEDED"
    return _limited(api_error(429, message, reason), 74_214)


def _server_error(status: int) -> Response:
    return oauth_error(status, "server_error", f"Unexpected status: {status}")


async def _slow(request: Request, config: SandboxConfig) -> None:
    """Return after the configured time, or as soon as the client is gone."""
    with suppress(TimeoutError):
        async with asyncio.timeout(config.slow_seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass


async def _huge(_: Request, config: SandboxConfig) -> Response:
    return StreamingResponse(_filler(config.huge_bytes), media_type="application/json")


async def _filler(size: int) -> AsyncIterator[bytes]:
    """JSON of about `size` bytes, in pieces."""
    yield b'{"items": "'
    for _ in range(size // PIECE_BYTES):
        yield b"a" * PIECE_BYTES
    yield b'"}'


_ANYWHERE = {
    "502": _always(
        lambda: PlainTextResponse("upstream connect error", 502),
        "502 in plain text.",
    ),
    "slow": Fault("the right answer, after a minute.", _slow),
    "truncated": _always(
        lambda: CutOff(b'{"items": [' + b" " * 4000 + b"]}"),
        "half an answer, then the connection ends.",
    ),
    "half-json": _always(
        lambda: Response(b'{"items": [{"track"', media_type="application/json"),
        "a whole answer, with half a JSON document.",
    ),
    "huge": Fault("an answer of 256 MiB.", _huge),
    "html": _always(
        lambda: HTMLResponse("<!doctype html><title>Maintenance</title>"),
        "200, with a page instead of JSON.",
    ),
    "odd": _always(lambda: JSONResponse([None]), "200, with JSON of another shape."),
    "redirect": _always(
        lambda: RedirectResponse(ELSEWHERE, 302),
        f"302 to {ELSEWHERE}.",
    ),
}

API_FAULTS: dict[str, Fault] = {
    "204": _always(
        lambda: Response(status_code=204), "204, without any content, not even JSON."
    ),
    "401": _always(
        lambda: api_error(401, "The access token expired"),
        "401, for a valid token.",
    ),
    "403": _always(
        lambda: PlainTextResponse(
            "User not registered in the Developer Dashboard", 403
        ),
        "403 in plain text, as for a listener that a development app may not serve.",
    ),
    "429": _always(_rate_limited, "429, with Retry-After: 1."),
    "quota": _always(_over_quota, "429 for a quota, with Retry-After: 74214."),
    "500": _always(lambda: api_error(500, "Server error"), "500."),
    "503": _always(lambda: api_error(503, "Service unavailable"), "503."),
    **_ANYWHERE,
}
"""Faults of the API, by the end of the client id."""

TOKEN_FAULTS: dict[str, Fault] = {
    "429": _always(
        lambda: _limited(_server_error(429), 1),
        "429, with Retry-After: 1.",
    ),
    "500": _always(lambda: _server_error(500), "500."),
    "503": _always(lambda: _server_error(503), "503."),
    **_ANYWHERE,
}
"""Faults of the token endpoint, by the end of the client id."""
