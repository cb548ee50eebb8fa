"""Invalid answers of a provider."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from functools import cache

from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from tests.auth.oauth.openid.provider import SAYS, Answer
from unwrapped.sandbox.faults import ELSEWHERE, CutOff

HUGE_BYTES = 64 * 2**20
PACKED_BYTES = 16 * 2**20
PIECE = b" " * 65_536


class Huge:
    """An answer of 64 MB, which counts how much of it was read."""

    def __init__(self) -> None:
        self.sent = 0

    def __call__(self) -> Response:
        return StreamingResponse(self._pieces(), media_type="application/json")

    async def _pieces(self) -> AsyncIterator[bytes]:
        for _ in range(HUGE_BYTES // len(PIECE)):
            yield PIECE
            self.sent += len(PIECE)
            # The server notices a closed connection in another turn of the loop.
            await asyncio.sleep(0)


@cache
def packed() -> bytes:
    """16 MB, compressed to a two-hundredth."""
    return gzip.compress(b" " * PACKED_BYTES, compresslevel=1)


def bomb() -> Response:
    """An answer that decompresses to 16 MB."""
    headers = {"Content-Encoding": "gzip"}
    return Response(packed(), headers=headers, media_type="application/json")


def dripping() -> Response:
    """A byte a second, without end."""

    async def drops() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(1)

    return StreamingResponse(drops(), media_type="application/json")


def silent() -> Response:
    """Headers, and never a body."""

    async def nothing() -> AsyncIterator[bytes]:
        await asyncio.Event().wait()
        yield b""

    return StreamingResponse(nothing(), media_type="application/json")


def redirect(status: int, to: str = ELSEWHERE) -> Answer:
    return lambda: RedirectResponse(to, status)


UNFIT: dict[str, Answer] = {
    "301 elsewhere": redirect(301),
    "302 elsewhere": redirect(302),
    "307 elsewhere": redirect(307),
    "302 to a file": redirect(302, "file:///etc/passwd"),
    "304": lambda: Response(status_code=304),
    "204": lambda: Response(status_code=204),
    "HTML": lambda: HTMLResponse(f"<!doctype html><title>{SAYS}</title>"),
    "text": lambda: PlainTextResponse(SAYS),
    "half JSON": lambda: Response(f'{{"issuer": "{SAYS}'),
    "a list": lambda: JSONResponse([SAYS]),
    "an empty object": lambda: JSONResponse({}),
    "no UTF-8": lambda: Response(b'{"keys": "\xff"}'),
    "401 that says a lot": lambda: PlainTextResponse(SAYS, 401),
    "404 that says a lot": lambda: JSONResponse({"error": SAYS}, 404),
    "400 with an error": lambda: JSONResponse({"error": ["invalid_grant"]}, 400),
    "429 until tomorrow": lambda: PlainTextResponse(
        SAYS, 429, {"Retry-After": "86400"}
    ),
    "gzip bomb": bomb,
}
FAILING: dict[str, Answer] = {
    "500 with a secret": lambda: PlainTextResponse(SAYS, 500),
    "cut off": lambda: CutOff(f'{{"issuer": "{SAYS}"}}'.encode()),
}
"""Answers after which a request without effects is repeated."""
