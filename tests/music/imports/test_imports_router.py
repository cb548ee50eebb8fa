"""Imports over HTTP begin once, are stored wholly or not at all, and have books."""

import asyncio
import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy import select, update
from sqlmodel import col

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import MakeClient
from tests.exports import as_json, extended_row
from tests.music.factories import count_jobs, imported, make_task, make_upload, receive
from unwrapped.core.process_resources import Resources
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.imports.task import import_uploads
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.models import BackgroundTask

URL = "/api/v1/music/imports"


async def _begin(
    client: httpx2.AsyncClient, user: SignedIn, *uploads: UUID
) -> httpx2.Response:
    body = {"uploads": [str(upload) for upload in uploads]}
    return await client.post(URL, json=body, headers=user.headers)


async def _upload(resources: Resources, user: SignedIn, **over: Any) -> UUID:
    async with resources.database.session() as session:
        return (await make_upload(session, user.id, **over)).id


async def _tasks(resources: Resources) -> list[BackgroundTask]:
    async with resources.database.session() as session:
        return list(await session.scalars(select(BackgroundTask)))


async def _jobs(resources: Resources) -> int:
    async with resources.database.session() as session:
        return await count_jobs(session)


async def _owners(resources: Resources) -> dict[UUID, UUID | None]:
    """Uploads, each with the import to which it belongs."""
    async with resources.database.session() as session:
        found = await session.scalars(select(UploadedFile))
        return {upload.id: upload.task_id for upload in found}


async def test_beginning_is_idempotent_while_it_is_under_way(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    one, two = await _upload(resources, ada), await _upload(resources, ada)
    begun = await _begin(client, ada, one, two)
    assert begun.status_code == 202
    reply = begun.json()
    assert (reply["kind"], reply["status"]) == ("music.import", "pending")
    assert (reply["progress"], reply["attempt"]) == (0.0, 0)
    for uploads in ((one, two), (two, one), (two, one, one, two)):
        again = await _begin(client, ada, *uploads)
        assert (again.status_code, again.json()) == (202, reply)
    (task,) = await _tasks(resources)
    assert str(task.id) == reply["id"]
    assert sorted(task.params["uploads"]) == sorted([str(one), str(two)])
    assert await _jobs(resources) == 1
    assert await _owners(resources) == {one: task.id, two: task.id}
    followed = await client.get(f"/api/v1/tasks/{task.id}", headers=ada.headers)
    assert followed.json() == reply


async def test_many_requests_at_once_begin_one_import(
    cloned_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(cloned_resources)
    ada = await sign_in(cloned_resources)
    uploads = [await _upload(cloned_resources, ada) for _ in range(2)]
    answers = await asyncio.gather(
        *(_begin(client, ada, *uploads[:: (-1) ** n]) for n in range(12))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(await _tasks(cloned_resources)) == 1
    assert await _jobs(cloned_resources) == 1


async def test_imports_that_begin_at_once_never_share_an_upload(
    cloned_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(cloned_resources)
    ada = await sign_in(cloned_resources)
    a, b, c = [await _upload(cloned_resources, ada) for _ in range(3)]
    sets = [(a, b), (b, c), (c, a), (a, b, c), (a,), (c,)]
    answers = await asyncio.gather(*(_begin(client, ada, *ids) for ids in sets * 2))
    assert {answer.status_code for answer in answers} <= {202, 409}
    tasks = {task.id: task for task in await _tasks(cloned_resources)}
    assert len(tasks) == await _jobs(cloned_resources)
    owners = await _owners(cloned_resources)
    listed = [
        (UUID(u), task.id) for task in tasks.values() for u in task.params["uploads"]
    ]
    assert len(listed) == len({upload for upload, _ in listed})
    assert dict(listed) == {upload: task for upload, task in owners.items() if task}
    begun = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    assert begun == {str(task) for task in tasks}


async def test_two_uploads_are_two_tasks(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    uploads = [await _upload(resources, ada) for _ in range(2)]
    begun = [await _begin(client, ada, upload) for upload in uploads]
    assert len({answer.json()["id"] for answer in begun}) == 2
    assert len(await _tasks(resources)) == await _jobs(resources) == 2


async def test_an_upload_that_does_not_exist_or_belongs_to_another_listener_is_refused(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada, bob = await sign_in(resources), await sign_in(resources)
    mine, theirs = await _upload(resources, ada), await _upload(resources, bob)
    answers = [
        await _begin(client, ada, *uploads)
        for uploads in ((uuid4(),), (theirs,), (mine, theirs), (mine, uuid4()))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.json()["code"] for answer in answers} == {"upload_not_found"}
    assert len({answer.content for answer in answers}) == 1
    assert await _tasks(resources) == []
    assert await _jobs(resources) == 0
    assert await _owners(resources) == {mine: None, theirs: None}


async def test_an_upload_belongs_to_one_import(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    one, two, three = [await _upload(resources, ada) for _ in range(3)]
    task = UUID((await _begin(client, ada, one, two)).json()["id"])
    for uploads in ((one,), (one, three), (one, two, three)):
        refused = await _begin(client, ada, *uploads)
        assert (refused.status_code, refused.json()["code"]) == (409, "upload_in_use")
    assert len(await _tasks(resources)) == await _jobs(resources) == 1
    assert await _owners(resources) == {one: task, two: task, three: None}


async def test_an_upload_of_an_import_that_has_ended_is_not_imported_again(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    upload = await _upload(resources, ada)
    await _begin(client, ada, upload)
    for status in ("completed", "failed", "cancelled"):
        async with resources.database.session() as session:
            await session.execute(update(BackgroundTask).values(status=status))
        refused = await _begin(client, ada, upload)
        assert refused.status_code == 409, status
    assert len(await _tasks(resources)) == await _jobs(resources) == 1


MALFORMED: list[object] = [
    {},
    {"uploads": []},
    {"uploads": ["x"]},
    {"uploads": "x"},
    {"uploads": [str(UUID(int=n)) for n in range(51)]},
    {"uploads": [str(UUID(int=1))], "more": 1},
    [],
]


async def test_a_malformed_request_is_refused(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    for body in MALFORMED:
        refused = await client.post(URL, json=body, headers=ada.headers)
        assert refused.status_code == 422, body
    assert await _tasks(resources) == []


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_strangers_are_refused(client: httpx2.AsyncClient, method: str) -> None:
    body = {"uploads": [str(uuid4())]}
    refused = await client.request(method, URL, json=body)
    assert refused.status_code == 401


async def test_an_import_from_the_upload_to_the_result(
    cloned_resources: Resources, make_client: MakeClient
) -> None:
    client = make_client(cloned_resources)
    ada = await sign_in(cloned_resources)
    content = as_json([extended_row(), extended_row(ts="nonsense")])
    sent = await client.post(
        "/api/v1/music/uploads",
        params={"name": "my data.json"},
        content=content,
        headers=ada.headers,
    )
    task = (await _begin(client, ada, UUID(sent.json()["id"]))).json()["id"]
    early = await client.get(f"/api/v1/tasks/{task}/result", headers=ada.headers)
    assert early.status_code == 409
    await TaskRunner(cloned_resources).run(import_uploads, UUID(task))
    followed = await client.get(f"/api/v1/tasks/{task}", headers=ada.headers)
    assert followed.json()["status"] == "completed"
    result = await client.get(f"/api/v1/tasks/{task}/result", headers=ada.headers)
    account = {
        "rows_read": 2,
        "stored": 1,
        "known": 0,
        "set_aside": {"bad_date": 1},
        "shortened": 0,
        "shadowed": 0,
        "echoes": 0,
        "double_scrobbles": 0,
    }
    assert result.json() == account
    listed = (await client.get(URL, headers=ada.headers)).json()
    (shown,) = listed["items"]
    assert shown["id"] == task
    assert shown["books"] == {
        "total": account,
        "files": [
            {
                "path": "my data.json",
                "source": "spotify_extended",
                "account": account,
                "first": "2023-05-01T09:59:30Z",
                "last": "2023-05-01T09:59:30Z",
            }
        ],
        "skipped": [],
        "more_skipped": 0,
        "warnings": [],
    }
    again = await _begin(client, ada, UUID(sent.json()["id"]))
    assert again.status_code == 404


async def test_imports_are_listed_in_pages_the_latest_first(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada, bob = await sign_in(resources), await sign_in(resources)
    account: dict[str, object] = dict.fromkeys(
        ("rows_read", "stored", "known", "shadowed", "shortened"), 0
    ) | {"set_aside": {}}
    books = {"total": account, "files": [], "skipped": [], "more_skipped": 0}
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    made = [(noon + timedelta(minutes=n // 3), uuid4()) for n in range(10)]
    async with resources.database.session() as session:
        for user, rows in ((ada, made), (bob, [(noon, uuid4())])):
            for created_at, task_id in rows:
                await make_task(session, user.id, id=task_id)
                session.add(
                    HistoryImport(
                        id=task_id,
                        user_id=user.id,
                        books=books,
                        created_at=created_at,
                    )
                )
    seen: list[str] = []
    params: dict[str, str] = {"limit": "3"}
    while True:
        page = await client.get(URL, params=params, headers=ada.headers)
        seen += [row["id"] for row in page.json()["items"]]
        if page.json()["next_cursor"] is None:
            break
        params["cursor"] = page.json()["next_cursor"]
    assert seen == [str(task_id) for _, task_id in sorted(made, reverse=True)]


def _cursor(*parts: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


async def test_an_invalid_cursor_is_refused(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    for cursor in (
        "",
        "!",
        "e30",
        _cursor("shares", "2026-01-01T00:00:00+00:00", str(UUID(int=1))),
        _cursor("imports", "2026-01-01T00:00:00+00:00"),
        _cursor("imports", "2026-01-01T00:00:00+00:00", "x"),
        _cursor("imports", "2026-01-01T00:00:00+00:00", None),
        _cursor("imports", "2026-01-01T00:00:00+00:00", 5),
        _cursor("imports", "2026-01-01T00:00:00+00:00", ["x"]),
        _cursor("imports", 5, str(UUID(int=1))),
    ):
        params = {"cursor": cursor}
        refused = await client.get(URL, params=params, headers=ada.headers)
        found = (refused.status_code, refused.json()["code"])
        assert found == (400, "bad_cursor"), cursor


async def test_an_import_that_is_begun_while_another_one_runs_waits_for_it(
    cloned_resources: Resources,
) -> None:
    """The history is the same whichever import of a listener runs first."""
    ada = await sign_in(cloned_resources)
    rows = [extended_row(ts=f"2023-05-01T10:{n:02}:00Z") for n in range(9)]
    await asyncio.gather(
        imported(cloned_resources, ada.id, {"a.json": as_json(rows[:6])}),
        imported(cloned_resources, ada.id, {"b.json": as_json(rows[3:])}),
    )
    async with cloned_resources.database.session() as session:
        found = await session.scalars(select(col(HistoryImport.books)))
        totals = [books["total"] for books in found]
    assert sorted((t["stored"], t["known"]) for t in totals) == [(3, 3), (6, 0)]


async def test_the_row_of_an_upload_stays_when_its_import_is_refused(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources)
    upload = await receive(resources, ada.id, "a.json", b"[]")
    await _begin(client, ada, upload.id, uuid4())
    assert (await _begin(client, ada, upload.id)).status_code == 202
