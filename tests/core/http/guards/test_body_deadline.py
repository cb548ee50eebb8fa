"""Bodies arrive in time, or the request ends."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from tests.attacks import attack
from tests.auth.factories import SignedIn, sign_in
from tests.core.served import PATIENCE_SECONDS, exchange, served
from unwrapped.core.config import Settings
from unwrapped.core.http.guards.body_deadline import BodyDeadline
from unwrapped.core.process_resources import Resources
from unwrapped.music.uploads.models import UploadedFile

GRACE = 0.3
REGISTER, TOKEN = "/api/v1/auth/register", "/api/v1/auth/token"
UPLOAD = "/api/v1/music/uploads"


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """Somebody who is signed in."""
    return await sign_in(resources)


@pytest.fixture
async def hasty(
    app: FastAPI, client: httpx2.AsyncClient
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application that waits for a body only shortly."""
    del client  # has given the application its resources
    transport = httpx2.ASGITransport(app=BodyDeadline(app, GRACE))
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://testserver"
    ) as short:
        yield short


async def never_ending(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk
    await asyncio.Event().wait()


@attack(30, "slow-body")
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (REGISTER, "application/json"),
        (TOKEN, "application/x-www-form-urlencoded"),
        (UPLOAD + "?name=a.zip", "application/octet-stream"),
    ],
    ids=["json", "form", "upload"],
)
@pytest.mark.parametrize("chunks", [[], [b"{"]], ids=["nothing", "a beginning"])
async def test_a_body_that_does_not_arrive_is_not_waited_for(
    hasty: httpx2.AsyncClient, ada: SignedIn, path: str, kind: str, chunks: list[bytes]
) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await hasty.post(
            path,
            content=never_ending(*chunks),
            headers={"Content-Type": kind, **ada.headers},
        )
    assert (answer.status_code, answer.json()["code"]) == (408, "request_timeout")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Connection"] == "close"


@attack(30, "slow-upload-leaves-nothing")
async def test_an_upload_that_is_cut_off_leaves_nothing(
    hasty: httpx2.AsyncClient, ada: SignedIn, resources: Resources
) -> None:
    begun = b"x" * 1024
    async with asyncio.timeout(PATIENCE_SECONDS):
        answer = await hasty.post(
            UPLOAD,
            params={"name": "a.zip"},
            content=never_ending(begun),
            headers=ada.headers,
        )
    assert answer.status_code == 408
    async with resources.database.session() as session:
        assert not await session.scalar(select(func.count()).select_from(UploadedFile))
    assert await resources.objects.keys(timedelta(0)) == []


@attack(30, "others-are-served")
async def test_others_are_answered_meanwhile_and_the_connection_is_closed(
    app: FastAPI, client: httpx2.AsyncClient, settings: Settings
) -> None:
    head = f"POST {REGISTER} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
    probe = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    async with served(BodyDeadline(app, GRACE), settings) as port:
        slow = [
            asyncio.create_task(exchange(port, head.encode() + b"{")) for _ in range(20)
        ]
        assert (await exchange(port, probe)).startswith(b"HTTP/1.1 200")
        assert not any(task.done() for task in slow)
        for answer in await asyncio.gather(*slow):
            assert answer.startswith(b"HTTP/1.1 408")


class Body:
    """A body whose pieces come after the given seconds, on a clock of its own."""

    def __init__(self, *pieces: tuple[float, int]) -> None:
        self._pieces = list(pieces)

    async def receive(self) -> Message:
        seconds, size = self._pieces.pop(0)
        await asyncio.sleep(seconds)
        more = bool(self._pieces)
        return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def read(body: Body, grace: float = GRACE, work: float = 0.0) -> int:
    """Read the body, with this many seconds of work a piece; return the bytes read."""
    size = 0

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal size
        more = True
        while more:
            message = await receive()
            size += len(message["body"])
            more = message["more_body"]
            await asyncio.sleep(work)

    async def send(message: Message) -> None:
        raise AssertionError(message)

    await BodyDeadline(endpoint, grace)({"type": "http"}, body.receive, send)
    return size


KIB = 1024


async def test_received_bytes_earn_time() -> None:
    await read(Body((0.0, 8 * KIB), (GRACE * 1.5, 1)))


async def test_a_trickle_of_bytes_earns_too_little_time() -> None:
    with pytest.raises(HTTPException) as refused:
        await read(Body(*[(GRACE / 4, 1)] * 8))
    assert refused.value.status_code == 408


async def test_a_fast_beginning_buys_no_long_silence() -> None:
    with pytest.raises(HTTPException):
        await read(Body((0.0, 1024 * KIB), (PATIENCE_SECONDS, 1)), grace=0.05)


async def test_the_time_of_the_endpoint_does_not_count() -> None:
    assert await read(Body((0.0, 1), (0.0, 1), (0.0, 1)), work=GRACE) == 3


async def test_the_deadline_ends_when_the_answer_begins() -> None:
    """An endpoint that streams waits for the client's disconnect without a deadline."""
    reply: list[Message] = []

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        waiting = asyncio.ensure_future(receive())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        reply.append(await waiting)

    async def receive() -> Message:
        await asyncio.sleep(GRACE)
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        reply.append(message)

    await BodyDeadline(endpoint, GRACE / 2)({"type": "http"}, receive, send)
    assert [message["type"] for message in reply] == [
        "http.response.start",
        "http.disconnect",
    ]
