"""The results of tasks are kept longer than the tasks, which are deleted after a while."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest

from tests.auth.factories import SignedIn, sign_in
from tests.music.factories import make_analysis, make_task
from unwrapped.core.process_resources import Resources
from unwrapped.music.imports.models import HistoryImport
from unwrapped.tasks.retention import forget_old_tasks

RESULT = "/api/v1/music/analysis/result"
STATUS = "/api/v1/music/analysis/status"
IMPORTS = "/api/v1/music/imports"
LONG_AGO = datetime.now(UTC) - timedelta(days=400)
ACCOUNT = {"rows_read": 7, "stored": 7, "known": 0, "set_aside": {}, "shadowed": 0}
OLDER, NEWER = UUID(int=1), UUID(int=2)


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """A listener with two old analyses and an old import, whose tasks are deleted."""
    ada = await sign_in(resources)
    async with resources.database.session() as session:
        for days, task_id in enumerate((OLDER, NEWER)):
            moment = LONG_AGO + timedelta(days=days)
            await make_task(
                session,
                ada.id,
                id=task_id,
                kind="music.analysis",
                status="completed",
                created_at=moment,
                completed_at=moment,
            )
            await make_analysis(
                session,
                ada.id,
                id=task_id,
                created_at=moment,
                portrait=f'{{"number": {task_id.int}}}',
            )
        columns = {"status": "completed", "completed_at": LONG_AGO}
        task = await make_task(session, ada.id, **columns)
        books = {"total": ACCOUNT, "files": [], "skipped": []}
        session.add(HistoryImport(id=task.id, user_id=ada.id, books=books))
    assert await forget_old_tasks(resources) == 3
    return ada


async def test_portraits_can_still_be_read(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    latest = await client.get(RESULT, headers=ada.headers)
    assert (latest.status_code, latest.json()) == (200, {"number": 2})
    for task_id in (OLDER, NEWER):
        params = {"task": str(task_id)}
        answer = await client.get(RESULT, params=params, headers=ada.headers)
        assert (answer.status_code, answer.json()) == (200, {"number": task_id.int})


async def test_the_task_no_longer_exists(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    for path in (STATUS, f"{STATUS}?task={NEWER}", f"/api/v1/tasks/{NEWER}"):
        answer = await client.get(path, headers=ada.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "task_not_found")


async def test_nobody_else_can_read_a_portrait_whose_task_is_deleted(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    eve = await sign_in(resources)
    for path in (RESULT, f"{RESULT}?task={NEWER}"):
        answer = await client.get(path, headers=eve.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "task_not_found")


async def test_the_books_of_an_import_are_still_listed(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    answer = await client.get(IMPORTS, headers=ada.headers)
    assert answer.status_code == 200, answer.text
    (listed,) = answer.json()["items"]
    later = ("shortened", "echoes", "double_scrobbles")
    assert listed["books"]["total"] == ACCOUNT | dict.fromkeys(later, 0)
    assert listed["books"]["warnings"] == []
