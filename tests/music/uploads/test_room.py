"""The number and bytes of uploads and the space on the disk are limited."""

import asyncio
from collections.abc import AsyncIterator
from shutil import disk_usage
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import Configure, MakeClient
from tests.music.factories import make_task, make_upload
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources
from unwrapped.music.settings import MIB, MusicSettings
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.quota import TooManyUploads
from unwrapped.music.uploads.receiving import UploadGone
from unwrapped.music.uploads.service import UploadService
from unwrapped.tasks.models import TaskStatus

URL = "/api/v1/music/uploads"


async def _send(
    client: httpx2.AsyncClient, user: SignedIn, content: bytes | AsyncIterator[bytes]
) -> httpx2.Response:
    return await client.post(
        URL, params={"name": "a.zip"}, content=content, headers=user.headers
    )


async def _pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


async def _count(resources: Resources) -> int:
    async with resources.database.session() as session:
        return len(list(await session.scalars(select(UploadedFile))))


def _keep_free(resources: Resources, least: int) -> None:
    changed = resources.configuration.replace(Settings, free_space_min_bytes=least)
    resources.configuration = changed


async def test_many_uploads_at_once_do_not_exceed_the_limit(
    cloned_resources: Resources, configure: Configure
) -> None:
    """All bodies arrive after all uploads were accepted, so none is counted too late."""
    configure(MusicSettings, uploads_per_user=5)
    ada = await sign_in(cloned_resources)
    uploads = UploadService(cloned_resources)
    go_on = asyncio.Event()
    waiting = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal waiting
        waiting += 1
        await go_on.wait()
        yield b"x"

    async def send() -> bool:
        try:
            await uploads.receive(ada.id, "a", body(), 1)
        except TooManyUploads:
            return False
        return True

    sending = [asyncio.create_task(send()) for _ in range(30)]
    async with asyncio.timeout(30):
        while waiting + sum(one.done() for one in sending) < 30:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        go_on.set()
        assert sum(await asyncio.gather(*sending)) == 5
    assert await _count(cloned_resources) == 5


async def test_the_bytes_of_a_listener_are_limited(
    client: httpx2.AsyncClient,
    resources: Resources,
    configure: Configure,
) -> None:
    configure(MusicSettings, upload_quota_bytes=2 * MIB)
    ada, bob = await sign_in(resources), await sign_in(resources)
    assert (await _send(client, ada, b"x" * MIB)).status_code == 201
    for content in (b"x" * (MIB + 1), _pieces(b"x" * MIB, b"y")):
        refused = await _send(client, ada, content)
        assert refused.status_code == 429
        assert refused.json()["code"] == "upload_quota_exceeded"
        assert "2 MiB" in refused.json()["detail"]
        assert "Import or delete one" in refused.json()["detail"]
    # What was reserved for a file of unknown size is corrected once it is there.
    for size in (10, MIB - 10):
        assert (await _send(client, ada, _pieces(b"x" * size))).status_code == 201
    assert (await _send(client, ada, b"x")).status_code == 429
    assert (await _send(client, bob, b"x")).status_code == 201


async def test_a_size_that_is_too_large_is_refused_before_the_body(
    resources: Resources, client: httpx2.AsyncClient, configure: Configure
) -> None:
    configure(MusicSettings, upload_max_bytes=MIB)
    ada = await sign_in(resources)
    refused = await client.post(
        URL,
        params={"name": "a"},
        content=_unread(),
        headers=ada.headers | {"Content-Length": str(MIB + 1)},
    )
    assert (refused.status_code, refused.json()["code"]) == (413, "upload_too_large")
    assert await _count(resources) == 0


async def _unread() -> AsyncIterator[bytes]:
    yield b""
    raise AssertionError("the body was read")


async def test_no_upload_is_accepted_when_the_disk_is_nearly_full(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    free = disk_usage(resources.settings.home).free
    _keep_free(resources, free - 64 * MIB)
    assert (await _send(client, ada, b"x")).status_code == 201
    sent = await client.post(
        URL,
        params={"name": "a"},
        content=_unread(),
        headers=ada.headers | {"Content-Length": str(1024 * MIB)},
    )
    assert (sent.status_code, sent.json()["code"]) == (507, "storage_full")
    assert "FREE_SPACE_MIN_BYTES" in sent.json()["detail"]
    _keep_free(resources, free * 2)
    assert (await _send(client, ada, b"x")).status_code == 507
    assert await _count(resources) == 1


async def test_a_body_of_unknown_size_is_refused_once_the_disk_is_nearly_full(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)

    async def body() -> AsyncIterator[bytes]:
        yield b"x" * MIB
        _keep_free(resources, 2**60)
        for _ in range(8):
            yield b"x" * MIB
        raise AssertionError("the body is read on and on")

    assert (await _send(client, ada, body())).status_code == 507
    assert await _count(resources) == 0


async def test_uploads_are_listed_page_by_page(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    sent = [(await _send(client, ada, b"x")).json()["id"] for _ in range(3)]
    first = (await client.get(URL, params={"limit": 2}, headers=ada.headers)).json()
    rest = await client.get(
        URL,
        params={"limit": 2, "cursor": first["next_cursor"]},
        headers=ada.headers,
    )
    listed = [one["id"] for one in [*first["items"], *rest.json()["items"]]]
    assert sorted(listed) == sorted(sent)
    assert first["items"][0]["receiving_at"] is None


async def test_a_deleted_upload_frees_its_space(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    configure(MusicSettings, uploads_per_user=1)
    ada, bob = await sign_in(resources), await sign_in(resources)
    upload = (await _send(client, ada, b"x")).json()["id"]
    assert (await _send(client, ada, b"x")).status_code == 429
    for user, status in ((bob, 404), (ada, 204), (ada, 404)):
        gone = await client.delete(f"{URL}/{upload}", headers=user.headers)
        assert gone.status_code == status
    assert list((resources.settings.home / "uploads").iterdir()) == []
    assert (await _send(client, ada, b"x")).status_code == 201


async def test_an_upload_is_not_deleted_while_its_import_is_under_way(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    for status in TaskStatus:
        async with resources.database.session() as session:
            task = await make_task(session, ada.id, status=status)
            upload = await make_upload(session, ada.id, task_id=task.id)
        answer = await client.delete(f"{URL}/{upload.id}", headers=ada.headers)
        if status in (TaskStatus.PENDING, TaskStatus.PROCESSING):
            found = (answer.status_code, answer.json()["code"])
            assert found == (409, "upload_being_imported")
        else:
            assert answer.status_code == 204, status


async def test_an_upload_that_is_deleted_while_it_is_received_is_not_kept(
    cloned_resources: Resources,
) -> None:
    ada = await sign_in(cloned_resources)
    uploads = UploadService(cloned_resources)

    async def body() -> AsyncIterator[bytes]:
        yield b"x"
        (coming,) = (await uploads.list_uploads(ada.id, 10, None)).rows
        assert coming.receiving_at is not None
        await uploads.delete(ada.id, coming.id)
        yield b"y"

    with pytest.raises(UploadGone):
        await uploads.receive(ada.id, "a", body())
    assert list((cloned_resources.settings.home / "uploads").iterdir()) == []


async def test_an_upload_that_is_being_received_cannot_be_imported(
    cloned_resources: Resources, make_client: MakeClient
) -> None:
    ada = await sign_in(cloned_resources)
    client = make_client(cloned_resources)
    upload = UUID((await _send(client, ada, b"x")).json()["id"])
    async with cloned_resources.database.session() as session:
        await session.execute(
            update(UploadedFile)
            .where(col(UploadedFile.id) == upload)
            .values(receiving_at=col(UploadedFile.created_at))
        )
    for named in (upload, uuid4()):
        begun = await client.post(
            "/api/v1/music/imports",
            json={"uploads": [str(named)]},
            headers=ada.headers,
        )
        assert (begun.status_code, begun.json()["code"]) == (404, "upload_not_found")
