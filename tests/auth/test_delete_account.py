"""Deletion of an account: who may delete it, and that nothing is left of it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, MutableMapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col
from structlog.testing import capture_logs

from tests.attacks import attack
from tests.auth.factories import (
    HASHED,
    PASSWORD,
    SignedIn,
    bearer,
    make_personal_token,
    sign_in,
)
from tests.auth.personal_rows import (
    assert_nothing_personal,
    dump,
    make_personal_rows,
    personal_tables,
)
from tests.auth.waiting import SOON, take_lock, until_waiting
from tests.conftest import Configure, MakeClient
from tests.exports import as_json, extended_row
from tests.music.factories import begun_import, import_all
from unwrapped.auth.models import UserSession
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis import coordinator
from unwrapped.music.analysis.portrait import Portrait, paint_portrait
from unwrapped.music.analysis.service import AnalysisService
from unwrapped.music.analysis.task import judge_taste
from unwrapped.music.history.period import Period
from unwrapped.music.imports.task import import_uploads
from unwrapped.music.uploads.service import ORPHANED_AFTER, sweep_uploads
from unwrapped.shared.zones import parse_zone
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.service import TaskService

ME, DELETE = "/api/v1/auth/me", "/api/v1/auth/me/delete"
FILES = {"a.json": as_json([extended_row()])}


async def delete_me(
    client: httpx2.AsyncClient, user: SignedIn, password: str | None = PASSWORD
) -> httpx2.Response:
    body = {} if password is None else {"password": password}
    return await client.post(DELETE, json=body, headers=user.headers)


def objects(resources: Resources) -> dict[str, bytes]:
    folder = resources.settings.home / "uploads"
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def age_objects(resources: Resources, age: timedelta) -> None:
    then = time.time() - age.total_seconds()
    for path in Path(resources.settings.home / "uploads").iterdir():
        os.utime(path, (then, then))


@pytest.mark.sweep
async def test_nothing_is_left_and_nothing_else_is_touched(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    await make_personal_rows(cloned_resources, "bea")
    before, kept = await dump(cloned_resources), objects(cloned_resources)
    ada = await make_personal_rows(cloned_resources, "ada")
    with_ada = await dump(cloned_resources)
    grown = {name for name, rows in with_ada.items() if rows != before[name]}
    missing = personal_tables() - grown
    assert not missing, (
        f"tests/auth/personal_rows.py: have make_personal_rows add {missing}"
    )
    assert grown == personal_tables()
    answer = await delete_me(make_client(cloned_resources), ada)
    assert (answer.status_code, answer.content) == (204, b"")
    assert await dump(cloned_resources) == before
    # An upload that is being received has no row either: young files are kept.
    assert await sweep_uploads(cloned_resources) == 0
    age_objects(cloned_resources, ORPHANED_AFTER)
    assert await sweep_uploads(cloned_resources) == 1
    assert objects(cloned_resources) == kept


async def test_the_credentials_of_the_person_are_refused_at_once(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources, username="ada", password_hash=HASHED)
    async with resources.database.session() as session:
        token = bearer(await make_personal_token(session, ada.id))
    assert (await delete_me(client, ada)).status_code == 204
    for headers in (ada.headers, token):
        assert (await client.get(ME, headers=headers)).status_code == 401
    assert (await delete_me(client, ada)).status_code == 401
    account = {"username": "ada", "password": PASSWORD}
    again = await client.post("/api/v1/auth/register", json=account)
    assert again.status_code == 201


async def test_a_wrong_password_deletes_nothing(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources, password_hash=HASHED)
    for password in ("wrong", "", None):
        answer = await delete_me(client, ada, password)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
    assert (await client.get(ME, headers=ada.headers)).status_code == 200


@attack(41, "password-by-deleting")
async def test_guesses_of_the_password_are_limited(
    client: httpx2.AsyncClient, resources: Resources, configure: Configure
) -> None:
    configure(AuthSettings, passwords_per_owner=2)
    ada = await sign_in(resources, password_hash=HASHED)
    codes = [(await delete_me(client, ada, f"guess {n}")).status_code for n in range(3)]
    assert codes == [401, 401, 429]
    right = await delete_me(client, ada)
    assert (right.status_code, right.json()["code"]) == (429, "rate_limited")
    assert (await client.get(ME, headers=ada.headers)).status_code == 200


@pytest.mark.parametrize(
    ("minutes", "status"), [(9, 204), (11, 403)], ids=["fresh", "stale"]
)
async def test_without_a_password_a_recent_sign_in_is_needed(
    client: httpx2.AsyncClient, resources: Resources, minutes: int, status: int
) -> None:
    ada = await sign_in(resources)
    began = datetime.now(UTC) - timedelta(minutes=minutes)
    async with resources.database.session() as session:
        await session.execute(
            update(UserSession)
            .where(col(UserSession.user_id) == ada.id)
            .values(created_at=began)
        )
    answer = await delete_me(client, ada, None)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "sign_in_again"


async def test_a_personal_token_cannot_delete_the_account(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    ada = await sign_in(resources, password_hash=HASHED)
    async with resources.database.session() as session:
        token = bearer(await make_personal_token(session, ada.id))
    answer = await client.post(DELETE, json={"password": PASSWORD}, headers=token)
    assert (answer.status_code, answer.json()["code"]) == (403, "session_needed")


async def test_of_two_concurrent_deletions_one_succeeds(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    ada = await sign_in(cloned_resources, password_hash=HASHED)
    client = make_client(cloned_resources)
    answers = await asyncio.gather(*(delete_me(client, ada) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [204, 401]


async def test_an_upload_during_the_deletion_is_refused_and_not_kept(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    ada = await sign_in(cloned_resources, password_hash=HASHED)
    client = make_client(cloned_resources)

    async def slow() -> AsyncIterator[bytes]:
        yield b"first"
        assert (await delete_me(client, ada)).status_code == 204
        yield b"last"

    answer = await client.post(
        "/api/v1/music/uploads",
        params={"name": "a.zip"},
        content=slow(),
        headers=ada.headers,
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_token")
    assert objects(cloned_resources) == {}


def outcomes(logs: Sequence[MutableMapping[str, Any]]) -> list[str]:
    """The outcomes of the attempts in the log."""
    return [line["outcome"] for line in logs if line["event"] == "task.attempt"]


async def test_an_import_of_a_deleted_listener_is_not_begun(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    ada = await sign_in(cloned_resources, password_hash=HASHED)
    task_id = await begun_import(cloned_resources, ada.id, FILES)
    assert (await delete_me(make_client(cloned_resources), ada)).status_code == 204
    with capture_logs() as logs:
        await TaskRunner(cloned_resources).run(import_uploads, task_id)
    assert logs == []
    await assert_nothing_personal(cloned_resources)


async def test_a_running_import_of_a_deleted_listener_stores_nothing(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    ada = await sign_in(cloned_resources, password_hash=HASHED)
    task_id = await begun_import(cloned_resources, ada.id, FILES)
    other = await asyncpg.connect(cloned_resources.database.address.for_asyncpg())
    with capture_logs() as logs:
        # The lock that every merge of her listens takes first.
        async with other.transaction():
            await take_lock(other, f"unwrapped.history.{ada.id}")
            runner = TaskRunner(cloned_resources)
            importing = asyncio.create_task(runner.run(import_uploads, task_id))
            await until_waiting(other)
            deleted = await delete_me(make_client(cloned_resources), ada)
            assert deleted.status_code == 204
        await importing
    await other.close()
    assert outcomes(logs) == ["superseded"]
    assert "task.crashed" not in {line["event"] for line in logs}
    await assert_nothing_personal(cloned_resources)


async def test_a_running_analysis_of_a_deleted_listener_stores_nothing(
    make_client: MakeClient,
    cloned_resources: Resources,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ada = await sign_in(cloned_resources, password_hash=HASHED)
    await import_all(cloned_resources.database, ada.id, [[[extended_row()]]])
    async with cloned_resources.database.session() as session:
        service = AnalysisService(session, TaskService(session))
        task = await service.begin(ada.id, Period.parse("all"), parse_zone("UTC"))
    client, loop = make_client(cloned_resources), asyncio.get_running_loop()

    def paint_late(*judged: Any) -> Portrait:
        """Called in a thread, right before the portrait is stored."""
        deleting = asyncio.run_coroutine_threadsafe(delete_me(client, ada), loop)
        assert deleting.result(SOON).status_code == 204
        return paint_portrait(*judged)

    monkeypatch.setattr(coordinator, "paint_portrait", paint_late)
    with capture_logs() as logs:
        await TaskRunner(cloned_resources).run(judge_taste, task.id)
    assert outcomes(logs) == ["superseded"]
    assert "task.crashed" not in {line["event"] for line in logs}
    await assert_nothing_personal(cloned_resources)
