"""Connections that send too much, send too slowly or do not read, and how they end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import httpx2
import pytest
import uvloop
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from tests.attacks import attack
from tests.auth.factories import sign_in
from tests.auth.logs import written_log
from tests.core.served import PATIENCE_SECONDS, exchange, served
from unwrapped.core.config import Settings
from unwrapped.core.http.metrics import Metrics
from unwrapped.core.http.middleware import RequestContext
from unwrapped.core.process_resources import Resources

GET = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
POST = GET.replace(b"GET", b"POST")
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
CLOSE = b"Connection: close\r\n\r\n"
KIB = 1024
LARGEST = 64 * KIB
SOON = 0.2
HANGING_SECONDS = 5.0


async def small(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the request to its end, and answers with its number of headers."""
    while (await receive()).get("more_body"):
        pass
    await answer(send, str(len(scope["headers"])).encode())


async def answer(send: Send, body: bytes) -> None:
    length = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": length})
    await send({"type": "http.response.body", "body": body})


def hasty(settings: Settings, **over: float) -> Settings:
    """Settings with short timeouts."""
    times = {"header_timeout_seconds": SOON, "reading_timeout_seconds": SOON}
    return settings.model_copy(update=times | over)


def problem_in(raw: bytes) -> dict[str, object]:
    """The problem in a complete answer, after which the connection ends."""
    head, _, body = raw.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    reply: dict[str, object] = json.loads(body)
    return reply


@asynccontextmanager
async def connected(
    port: int,
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection with a short timeout."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


async def read_all(reader: asyncio.StreamReader) -> bytes:
    """Return the bytes received until the connection ends or is reset."""
    pieces = bytearray()
    with suppress(ConnectionError):
        while piece := await reader.read(LARGEST):
            pieces += piece
    return bytes(pieces)


async def flood(port: int, begin: bytes, piece: bytes) -> tuple[bytes, int]:
    """Send a request without an end; return the answer and the number of bytes sent."""
    sent = len(begin)
    async with connected(port) as (reader, writer):
        writer.write(begin)
        answering = asyncio.create_task(read_all(reader))
        while not answering.done():
            writer.write(piece)
            sent += len(piece)
            try:
                await writer.drain()
            except ConnectionError:
                break
            # The answer is read before what resets the connection.
            await asyncio.sleep(0.001)
            assert sent < 512 * LARGEST, "it is read on and on"
        return await answering, sent


ENDLESS = {
    "value": (GET + b"X: ", b"x"),
    "name": (GET, b"x"),
    "path": (b"GET /", b"x"),
    "query": (b"GET /?", b"x"),
    "headers": (GET, b"X: y\r\n"),
    "trailer": (CHUNKED + b"0\r\nX: ", b"x"),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n"),
    "chunk extension": (CHUNKED + b"5;", b"x"),
}


@attack(30, "endless-headers")
@pytest.mark.parametrize(("begin", "piece"), ENDLESS.values(), ids=ENDLESS)
async def test_headers_without_an_end_end_at_the_limit(
    settings: Settings, begin: bytes, piece: bytes
) -> None:
    async with served(small, settings) as port:
        raw, _ = await flood(port, begin, piece * (16 * KIB))
    assert raw.startswith(b"HTTP/1.1 431 ")
    reply = problem_in(raw)
    assert reply["code"] == "headers_too_large"
    assert "65,536 bytes" in str(reply["detail"])


def padded(size: int) -> bytes:
    """A request whose first line and headers have about `size` bytes."""
    return GET + b"X: " + b"x" * (size - len(GET) - len(CLOSE)) + b"\r\n" + CLOSE


@attack(30, "large-headers")
@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (padded(LARGEST - KIB), 200),
        (padded(LARGEST + KIB), 431),
        (padded(3 * LARGEST), 431),
        (b"GET /" + b"x" * LARGEST + b" HTTP/1.1\r\nHost: localhost\r\n" + CLOSE, 431),
        (GET + b"X: y\r\n" * 98 + CLOSE, 200),
        (GET + b"X: y\r\n" * 99 + CLOSE, 431),
        (GET + b":\r\n" * 5000 + CLOSE, 400),
        (GET + b"X: y\r\n" * 5000 + CLOSE, 431),
    ],
    ids=["60 KiB", "65 KiB", "192 KiB", "path", "100", "101", "no names", "5,000"],
)
async def test_headers_have_a_size_and_a_number(
    settings: Settings, request_bytes: bytes, status: int
) -> None:
    async with served(small, settings) as port:
        raw = await exchange(port, request_bytes)
    assert raw.startswith(f"HTTP/1.1 {status} ".encode())
    assert raw.count(b"HTTP/1.1 ") == 1


async def test_each_request_of_a_connection_has_its_own_limit(
    settings: Settings,
) -> None:
    ten = padded(LARGEST - KIB).replace(b"Connection: close\r\n", b"") * 10
    async with served(small, settings) as port:
        raw = await exchange(port, ten + GET + CLOSE)
    assert raw.count(b"HTTP/1.1 200 ") == 11


async def test_a_body_is_no_header(settings: Settings) -> None:
    body = b"x" * (16 * LARGEST)
    length = b"Content-Length: %d\r\n" % len(body)
    chunks = b"1\r\nx\r\n" * LARGEST + b"0\r\n\r\n"
    async with served(small, settings) as port:
        reply = await exchange(port, POST + length + CLOSE + body)
        chunked = CHUNKED.replace(b"\r\n\r\n", b"\r\n" + CLOSE) + chunks
        untold = await exchange(port, chunked)
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert untold.startswith(b"HTTP/1.1 200 ")


@attack(30, "pipelined")
async def test_few_requests_wait_for_the_answer_to_another(settings: Settings) -> None:
    gone = asyncio.Event()

    async def never(scope: Scope, receive: Receive, send: Send) -> None:
        await gone.wait()

    async with served(never, settings) as port:
        raw = await exchange(port, (GET + b"\r\n") * 1000)
        gone.set()
    assert raw == b""
    async with served(small, settings) as port:
        raw = await exchange(port, (GET + b"\r\n") * 20 + GET + CLOSE)
    assert raw.count(b"HTTP/1.1 200 ") == 21


@attack(30, "pipelined-and-gone")
def test_a_request_of_a_closed_connection_does_not_crash(settings: Settings) -> None:
    received: list[str] = []

    async def attacked() -> None:
        is_closed, is_over = asyncio.Event(), asyncio.Event()

        async def late(scope: Scope, receive: Receive, send: Send) -> None:
            received.append((await receive())["type"])
            await is_closed.wait()
            try:
                async with asyncio.timeout(HANGING_SECONDS):
                    received.append((await receive())["type"])
            except TimeoutError:
                received.append("nothing")
            try:
                await answer(send, b"late")
            finally:
                is_over.set()

        async with served(RequestContext(late, Metrics()), settings) as port:
            assert await exchange(port, (GET + b"\r\n") * 1000) == b""
            is_closed.set()
            await is_over.wait()

    with written_log(settings) as log:
        # As `serve` has it: asyncio's own loop takes what is written too late.
        uvloop.run(attacked())
    assert log.of("request.crashed") == []
    assert received == ["http.request", "http.disconnect"]


@attack(30, "slow-headers")
@pytest.mark.parametrize(
    ("begun", "expected"),
    [
        (b"", b""),
        (b"GET", b"HTTP/1.1 408 "),
        (GET, b"HTTP/1.1 408 "),
        (GET + b"X: y", b"HTTP/1.1 408 "),
        (b"\r\n", b"HTTP/1.1 408 "),
    ],
    ids=["silent", "method", "half", "half a header", "empty line"],
)
async def test_headers_that_do_not_come_are_not_waited_for(
    settings: Settings, begun: bytes, expected: bytes
) -> None:
    async with served(small, hasty(settings)) as port:
        raw = await exchange(port, begun)
    if expected:
        assert raw.startswith(expected)
        assert problem_in(raw)["code"] == "request_timeout"
    else:
        assert raw == b""


@attack(30, "dripping-headers")
async def test_a_header_in_drops_is_not_waited_for(settings: Settings) -> None:
    async with served(small, hasty(settings)) as port:
        raw, sent = await flood(port, GET, b"x")
    assert raw.startswith(b"HTTP/1.1 408 ")
    assert sent < LARGEST


@attack(30, "slow-second-request")
@pytest.mark.parametrize("drop", [b"\r\n", b"GET / HT"], ids=["empty line", "half"])
async def test_the_next_request_is_not_waited_for_longer(
    settings: Settings, drop: bytes
) -> None:
    async with (
        served(small, hasty(settings)) as port,
        connected(port) as (reader, writer),
    ):
        writer.write(GET + b"\r\n")
        assert await reader.readuntil(b"\r\n\r\n1")
        writer.write(drop)
        assert (await reader.read()).startswith(b"HTTP/1.1 408 ")


async def test_an_answer_may_take_longer_than_headers(settings: Settings) -> None:
    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(3 * SOON)
        await answer(send, b"")

    async with (
        served(slow, hasty(settings)) as port,
        connected(port) as (reader, writer),
    ):
        # The next request has begun: its time runs once there is an answer to this one.
        writer.write(GET + b"\r\nGET")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")


@attack(30, "body-after-the-answer")
async def test_a_body_that_is_not_read_is_cut_off(
    settings: Settings,
) -> None:
    async def heedless(scope: Scope, receive: Receive, send: Send) -> None:
        await answer(send, b"no")

    length = b"Content-Length: 100000000000\r\n\r\n"
    async with served(heedless, hasty(settings)) as port:
        raw, _ = await flood(port, POST + length, b"x")
    assert raw.startswith(b"HTTP/1.1 200 ")
    assert raw.endswith(b"\r\n\r\nno")


async def until_let_in(port: int) -> None:
    """Wait until the only connection is free; until then the answer is 503."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            with suppress(ConnectionError):  # closed before the request was read
                raw = await exchange(port, GET.replace(b"/ ", b"/small ") + CLOSE)
                if raw.startswith(b"HTTP/1.1 200 "):
                    return
                assert problem_in(raw)["code"] == "too_many_connections"
            await asyncio.sleep(0.02)


class Large:
    """Answers with many bytes, but under one path."""

    def __init__(self, pieces: int, piece: int) -> None:
        self.size = pieces * piece
        self._pieces, self._piece = pieces, b"x" * piece

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/small":
            await answer(send, b"")
            return
        length = [(b"content-length", str(self.size).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": length})
        for left in reversed(range(self._pieces)):
            piece: Message = {"type": "http.response.body", "body": self._piece}
            await send({**piece, "more_body": bool(left)})


ONE_PLACE = {"connections_per_address": 1}


@attack(30, "answer-not-read")
@pytest.mark.parametrize("ending", [b"\r\n", CLOSE], ids=["kept", "closed"])
@pytest.mark.parametrize(
    "large", [Large(1, 16 * KIB * KIB), Large(256, 64 * KIB)], ids=["whole", "pieces"]
)
async def test_an_answer_that_is_not_read_is_given_up(
    settings: Settings, large: Large, ending: bytes
) -> None:
    async with (
        served(large, hasty(settings, **ONE_PLACE)) as port,
        connected(port) as (reader, writer),
    ):
        writer.write(GET + ending)
        await reader.readexactly(1)
        # From here on the reader's buffer fills, and then those of the system.
        await until_let_in(port)
        assert len(await read_all(reader)) < large.size


async def test_an_answer_that_is_read_slowly_comes_whole(settings: Settings) -> None:
    large = Large(1, 16 * KIB * KIB)
    limits = settings.model_copy(update={"reading_timeout_seconds": 0.5})
    async with served(large, limits) as port, connected(port) as (reader, writer):
        writer.write(GET + CLOSE)
        size = 0
        while piece := await reader.read(LARGEST):
            size += len(piece)
            await asyncio.sleep(0.004)
    assert size > large.size


@attack(30, "many-connections")
async def test_connections_of_an_address_are_limited(settings: Settings) -> None:
    limits = settings.model_copy(update={"connections_per_address": 3})
    async with (
        served(Large(1, 1), limits) as port,
        connected(port),
        connected(port),
        connected(port) as (_, third),
    ):
        async with connected(port) as (reader, _):
            raw = await reader.read()
        assert raw.startswith(b"HTTP/1.1 503 ")
        reply = problem_in(raw)
        assert reply["code"] == "too_many_connections"
        assert "CONNECTIONS_PER_ADDRESS" in str(reply["detail"])
        third.close()
        await until_let_in(port)


@attack(30, "many-connections-in-all")
@pytest.mark.parametrize(
    ("in_all", "is_full"), [(16, True), (2000, False)], ids=["16", "2,000"]
)
async def test_a_proxy_has_as_many_connections_as_there_are(
    settings: Settings, in_all: int, is_full: bool
) -> None:
    limits = {"trusted_proxies": ("127.0.0.1/32",), "max_connections": in_all}
    proxied = settings.model_copy(update=ONE_PLACE | limits)
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(served(small, proxied))
        for _ in range(16):
            await stack.enter_async_context(connected(port))
        reader, writer = await stack.enter_async_context(connected(port))
        if is_full:
            assert (await reader.read()).startswith(b"HTTP/1.1 503 ")
        else:
            writer.write(GET + CLOSE)
            assert (await reader.read()).startswith(b"HTTP/1.1 200 ")


@attack(31, "length-over-the-limit-on-the-wire")
async def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(
    app: FastAPI, client: httpx2.AsyncClient, resources: Resources, settings: Settings
) -> None:
    ada = await sign_in(resources)
    upload = POST.replace(b"/ ", b"/api/v1/music/uploads?name=a.zip ")
    bearer = f"Authorization: {ada.headers['Authorization']}\r\n".encode()
    length = b"Content-Length: 1073741825\r\n\r\n"
    async with served(app, settings) as port:
        # Some of it is on its way already, and the answer comes all the same.
        raw = await exchange(port, upload + bearer + length + b"x" * LARGEST * 4)
    assert raw.startswith(b"HTTP/1.1 413 ")
    assert problem_in(raw)["code"] == "upload_too_large"
