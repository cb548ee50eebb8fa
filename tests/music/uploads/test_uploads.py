"""Uploads over HTTP are stored unchanged, are limited, and leave nothing if they fail."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy import delete, select
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import SignedIn, sign_in
from tests.conftest import Configure, MakeClient, make_resources
from tests.music.factories import make_upload
from tests.waiting import eventually
from unwrapped.auth.models import User
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.core.security import InvalidToken
from unwrapped.core.settings_sources import InvalidSettings
from unwrapped.music.settings import MIB, MusicSettings
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.service import UploadService

URL = "/api/v1/music/uploads"
SOON = 20.0


async def _send(
    client: httpx2.AsyncClient,
    user: SignedIn,
    content: bytes | AsyncIterator[bytes],
    name: str = "export.zip",
) -> httpx2.Response:
    return await client.post(
        URL, params={"name": name}, content=content, headers=user.headers
    )


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class _Unread:
    """A body that must not be read."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        raise AssertionError("the body was read")


def _objects(resources: Resources) -> list[Path]:
    folder = resources.settings.home / "uploads"
    return [path for path in folder.rglob("*") if path.is_file()]


async def _rows(resources: Resources) -> list[UploadedFile]:
    async with resources.database.session() as session:
        return list(await session.scalars(select(UploadedFile)))


async def _assert_nothing_left(resources: Resources) -> None:
    assert _objects(resources) == []
    assert await _rows(resources) == []


@pytest.mark.parametrize(
    "pieces",
    [
        (b"x",),
        (b"PK\x03\x04", b"\x00\r\n\xff", b""),
        (b"a" * 70_000, b"b" * 70_000),
        tuple(secrets.token_bytes(MIB) for _ in range(12)),
    ],
    ids=["one byte", "binary", "over the limit of other requests", "many parts"],
)
async def test_a_file_is_stored_unchanged(
    client: httpx2.AsyncClient, resources: Resources, pieces: tuple[bytes, ...]
) -> None:
    ada = await sign_in(resources)
    answer = await _send(client, ada, _pieces(*pieces), "my export.zip")
    assert answer.status_code == 201
    body = answer.json()
    content = b"".join(pieces)
    assert body.keys() == {
        *("id", "name", "size", "created_at"),
        *("receiving_at", "task_id"),
    }
    assert (body["name"], body["size"]) == ("my export.zip", len(content))
    assert datetime.fromisoformat(body["created_at"]).tzinfo is not None
    (path,) = _objects(resources)
    assert path.name == UUID(body["id"]).hex
    assert path.read_bytes() == content
    (row,) = await _rows(resources)
    assert (row.user_id, row.name, row.size) == (ada.id, "my export.zip", len(content))
    assert row.task_id is None


async def test_an_empty_body_is_refused(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    for content in (b"", _pieces(), _pieces(b"", b"")):
        refused = await _send(client, ada, content)
        assert (refused.status_code, refused.json()["code"]) == (400, "empty_upload")
    await _assert_nothing_left(resources)


async def test_a_file_of_the_largest_size_is_accepted_and_a_larger_one_is_refused(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
) -> None:
    configure(MusicSettings, upload_max_bytes=MIB)
    ada = await sign_in(resources)
    largest = _pieces(b"x" * (MIB - 1), b"y")
    assert (await _send(client, ada, largest)).status_code == 201
    for content in (b"x" * (MIB + 1), _pieces(b"x" * MIB, b"y"), _flood()):
        refused = await _send(client, ada, content)
        assert refused.status_code == 413
        assert refused.json()["code"] == "upload_too_large"
        assert "1 MiB" in refused.json()["detail"]
    assert [row.size for row in await _rows(resources)] == [MIB]
    assert [path.stat().st_size for path in _objects(resources)] == [MIB]


async def _flood() -> AsyncIterator[bytes]:
    """A body that never ends: it must be cut off soon after the limit."""
    for sent in range(64):
        assert sent < 32, "the body is read on and on"
        yield b"x" * (MIB // 4)


@attack(28, "name-of-an-upload")
async def test_a_name_is_never_used_as_a_path(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    paths = set()
    for name in (
        "../../../etc/passwd",
        "/etc/passwd",
        "C:\\Users\\ada\\my_spotify_data.zip",
        "a#1",
        "%2e%2e%2f",
        "my \U0001f3b5 export (1).zip",
        "\u00e9" * 200,
        "<script>alert(1)</script>",
        "'; DROP TABLE listen; --",
    ):
        answer = await _send(client, ada, b"x", name)
        assert (answer.status_code, answer.json()["name"]) == (201, name)
        folder = resources.settings.home / "uploads"
        paths.add(folder / UUID(answer.json()["id"]).hex)
    assert set(_objects(resources)) == paths


async def test_a_bad_name_is_refused_before_the_body_is_read(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    for name in (
        "",
        "  ",
        "a\r\nSet-Cookie: a=b",
        "a\nb",
        "a\x00b",
        "a\x1bb",
        "a\x85b",
        "\uffff",
        "x" * 201,
    ):
        refused = await _send(client, ada, _Unread(), name)
        assert refused.status_code == 422, name
        assert refused.json()["faults"][0]["where"] == "query.name"
    await _assert_nothing_left(resources)


async def test_a_name_is_required(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    refused = await client.post(URL, content=b"x", headers=ada.headers)
    assert refused.status_code == 422


async def test_the_body_of_an_unauthenticated_request_is_not_read(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    for headers in ({}, {"Authorization": "Bearer nonsense"}):
        refused = await client.post(
            URL, params={"name": "a"}, content=_Unread(), headers=headers
        )
        assert refused.status_code == 401
    await _assert_nothing_left(resources)


async def test_an_upload_over_the_quota_is_refused_before_its_body_is_read(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
) -> None:
    configure(MusicSettings, uploads_per_user=2)
    ada, bob = await sign_in(resources), await sign_in(resources)
    for _ in range(2):
        assert (await _send(client, ada, b"x")).status_code == 201
    refused = await _send(client, ada, _Unread())
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_uploads")
    assert "2 uploads" in refused.json()["detail"]
    assert (await _send(client, bob, b"x")).status_code == 201
    assert len(_objects(resources)) == len(await _rows(resources)) == 3


def test_a_setting_that_is_too_small_is_refused(configure: Configure) -> None:
    with pytest.raises(InvalidSettings, match="UPLOAD_MAX_BYTES"):
        configure(MusicSettings, upload_max_bytes=1)


async def test_a_file_whose_owner_was_deleted_meanwhile_is_not_kept(
    cloned_resources: Resources,
) -> None:
    ada = await sign_in(cloned_resources)

    async def leaving() -> AsyncIterator[bytes]:
        yield b"x"
        async with cloned_resources.database.session() as session:
            await session.execute(delete(User).where(col(User.id) == ada.id))

    with pytest.raises(InvalidToken):
        await UploadService(cloned_resources).receive(ada.id, "a", leaving())
    await _assert_nothing_left(cloned_resources)


class _Broken(Exception):
    """An error in the middle of a body."""


@pytest.mark.parametrize("sent", [0, 1, 12 * MIB])
async def test_a_broken_body_leaves_nothing(resources: Resources, sent: int) -> None:
    ada = await sign_in(resources)

    async def broken() -> AsyncIterator[bytes]:
        if sent:
            yield b"x" * sent
        raise _Broken

    with pytest.raises(_Broken):
        await UploadService(resources).receive(ada.id, "a", broken())
    await _assert_nothing_left(resources)


async def test_a_cancelled_upload_leaves_nothing(resources: Resources) -> None:
    ada = await sign_in(resources)
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x" * 12 * MIB
        begun.set()
        await asyncio.Event().wait()

    receiving = asyncio.create_task(
        UploadService(resources).receive(ada.id, "a", endless())
    )
    async with asyncio.timeout(SOON):
        await begun.wait()
    receiving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await receiving
    await eventually(lambda: _objects(resources) == [])
    await _assert_nothing_left(resources)


async def test_no_connection_is_held_while_a_body_trickles_in(
    settings: Settings, clone: DatabaseAddress, make_client: MakeClient
) -> None:
    database = Database(clone, pool_size=1)
    resources = make_resources(settings, database)
    client = make_client(resources)
    ada, bob = await sign_in(resources), await sign_in(resources)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"first"
        begun.set()
        await go_on.wait()
        yield b"last"

    sending = [asyncio.create_task(_send(client, ada, slow())) for _ in range(3)]
    async with asyncio.timeout(SOON):
        await begun.wait()
        me = await client.get("/api/v1/auth/me", headers=bob.headers)
        assert me.status_code == 200
        assert (await _send(client, bob, b"meanwhile")).status_code == 201
        go_on.set()
        answers = await asyncio.gather(*sending)
    assert [answer.json()["size"] for answer in answers] == [9, 9, 9]
    await database.dispose()


@asynccontextmanager
async def _served(app: FastAPI, resources: Resources) -> AsyncIterator[int]:
    """The port on loopback where a real server serves the application."""
    state_of(app).resources = resources
    server = uvicorn.Server(
        uvicorn.Config(
            app, host="127.0.0.1", port=0, lifespan="off", log_config=None, ws="none"
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        await eventually(lambda: server.started)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await serving


def _head(user: SignedIn, *lines: str) -> bytes:
    token = user.headers["Authorization"]
    head = [f"POST {URL}?name=a.zip HTTP/1.1", "Host: localhost"]
    head += [f"Authorization: {token}", *lines, "", ""]
    return "\r\n".join(head).encode()


@pytest.mark.parametrize(
    ("framing", "sent"),
    [(["Content-Length: 99999999"], 10), (["Transfer-Encoding: chunked"], 12 * MIB)],
    ids=["early", "late"],
)
async def test_a_client_that_disconnects_leaves_nothing(
    app: FastAPI, cloned_resources: Resources, framing: list[str], sent: int
) -> None:
    ada = await sign_in(cloned_resources)
    async with _served(app, cloned_resources) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_head(ada, *framing))
        if "chunked" in framing[0]:
            writer.write(f"{sent + 1:x}\r\n".encode())
        writer.write(b"x" * sent)
        await writer.drain()
        if sent > MIB:
            await eventually(lambda: _objects(cloned_resources) != [])
        else:
            await asyncio.sleep(0.2)
        writer.transport.abort()
        await eventually(lambda: _objects(cloned_resources) == [])
        del reader
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            assert (await _send(client, ada, b"again")).status_code == 201
    (row,) = await _rows(cloned_resources)
    assert row.size == len(b"again")
    assert [path.name for path in _objects(cloned_resources)] == [row.object_key]


async def test_a_real_client_gets_the_refusal_of_a_large_file_while_it_sends(
    app: FastAPI, cloned_resources: Resources, configure: Configure
) -> None:
    configure(MusicSettings, upload_max_bytes=MIB)
    ada = await sign_in(cloned_resources)
    async with _served(app, cloned_resources) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(_head(ada, f"Content-Length: {64 * MIB}"))
        writer.write(b"x" * (MIB + 1))
        async with asyncio.timeout(SOON):
            status = await reader.readline()
        writer.transport.abort()
    assert status.startswith(b"HTTP/1.1 413")
    await _assert_nothing_left(cloned_resources)


async def test_a_waiting_upload_of_another_listener_does_not_count(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
) -> None:
    configure(MusicSettings, uploads_per_user=1)
    ada, bob = await sign_in(resources), await sign_in(resources)
    async with resources.database.session() as session:
        await make_upload(session, bob.id)
    assert (await _send(client, ada, b"x")).status_code == 201
