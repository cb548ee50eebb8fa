"""Retrying failed tasks: what is kept, what is granted again, and what is refused."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx2
import pytest
from pgqueuer.errors import RetryRequested
from sqlalchemy import text

from tests.auth.factories import SignedIn, sign_in
from tests.tasks.workers import working
from tests.tasks.workplace import (
    Order,
    Work,
    Workplace,
    begin_as,
    kind_of,
    store,
    trace_begin,
)
from unwrapped.core.exceptions import Unavailable
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.models import BackgroundTask
from unwrapped.tasks.service import (
    TaskActiveAlready,
    TaskNotRetryable,
    TaskService,
)

KIND = "tests.work"
FAILED = {
    "status": "failed",
    "attempt": 3,
    "progress": 0.7,
    "error_code": "unavailable",
    "error_message": "The store is away.",
    "retryable": True,
    "started_at": datetime(2026, 1, 1, tzinfo=UTC),
    "completed_at": datetime(2026, 1, 2, tzinfo=UTC),
}


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """A user, signed in."""
    return await sign_in(resources)


async def attempt(workplace: Workplace, task_id: UUID, work: Work) -> None:
    """Make one attempt, as a worker that got the job does."""
    await TaskRunner(workplace.resources).run(kind_of(work), task_id)


async def crash(task: RunningTask) -> None:
    """A bug of the program, which a later version may have fixed."""
    raise ZeroDivisionError


async def away(task: RunningTask) -> None:
    """Work that needs an external service, which is unavailable."""
    await trace_begin(task)
    raise Unavailable("The store is away.")


async def test_a_failed_task_waits_again_with_its_attempts_kept(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    task_id = await begin_as(resources, ada.id, **FAILED)
    async with resources.database.session() as session:
        await session.execute(text("DELETE FROM pgq.pgqueuer"))
    answer = await client.post(f"/api/v1/tasks/{task_id}/retry", headers=ada.headers)
    assert answer.status_code == 202
    reply = answer.json()
    assert reply.pop("created_at")
    assert reply == {
        "id": str(task_id),
        "kind": KIND,
        "status": "pending",
        "stage": None,
        "progress": 0.0,
        "attempt": 3,
        "next_attempt_at": None,
        "error_code": None,
        "error_message": None,
        "retryable": False,
        "started_at": "2026-01-01T00:00:00Z",
        "completed_at": None,
    }
    async with resources.database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM pgq.pgqueuer")) == 1
        row = await session.get(BackgroundTask, task_id)
    assert row is not None
    assert (row.attempt, row.uncounted) == (3, 3)


@pytest.mark.parametrize("status", ["pending", "processing", "completed", "cancelled"])
async def test_only_failed_tasks_can_be_retried(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn, status: str
) -> None:
    task_id = await begin_as(resources, ada.id, status=status)
    answer = await client.post(f"/api/v1/tasks/{task_id}/retry", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_not_retryable")
    assert status in answer.json()["detail"]
    read = await client.get(f"/api/v1/tasks/{task_id}", headers=ada.headers)
    assert read.json()["status"] == status


async def test_a_task_that_would_fail_again_is_refused_with_the_reason(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    columns = FAILED | {"retryable": False, "error_message": "The zip is damaged."}
    task_id = await begin_as(resources, ada.id, **columns)
    answer = await client.post(f"/api/v1/tasks/{task_id}/retry", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_not_retryable")
    assert "The zip is damaged." in answer.json()["detail"]


async def test_a_task_that_was_begun_again_meanwhile_is_not_retried(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    task_id = await begin_as(resources, ada.id, **FAILED)
    again = await begin_as(resources, ada.id)
    assert again != task_id
    path = f"/api/v1/tasks/{task_id}"
    before = (await client.get(path, headers=ada.headers)).json()
    answer = await client.post(f"{path}/retry", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_active_already")
    assert (await client.get(path, headers=ada.headers)).json() == before


@pytest.mark.parametrize(
    ("what", "columns"), [("retry", FAILED), ("cancel", {"status": "processing"})]
)
async def test_a_missing_task_and_one_of_somebody_else_look_the_same(
    client: httpx2.AsyncClient,
    resources: Resources,
    ada: SignedIn,
    what: str,
    columns: dict[str, object],
) -> None:
    somebody = await sign_in(resources)
    theirs = await begin_as(resources, somebody.id, **columns)
    path = f"/api/v1/tasks/{theirs}"
    answers = [
        await client.post(f"{name}/{what}", headers=ada.headers)
        for name in (path, "/api/v1/tasks/00000000-0000-4000-8000-000000000000")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert (await client.post(f"{path}/{what}")).status_code == 401
    read = (await client.get(path, headers=somebody.headers)).json()
    assert read["status"] == columns["status"]


async def test_a_retried_task_gets_as_many_attempts_as_a_new_one(
    joined: Workplace,
) -> None:
    task_id = await joined.begin(KIND)
    for _ in range(2):
        delays = []
        for _ in range(2):
            with pytest.raises(RetryRequested) as retry:
                await attempt(joined, task_id, away)
            delays.append(retry.value.delay)
            await joined.let_time_pass()
        # As after the first attempt: it does not wait longer for what was before.
        assert timedelta() < delays[0] <= timedelta(seconds=5) <= delays[1]
        await attempt(joined, task_id, away)
        row = await joined.row(task_id)
        assert (row.status, row.retryable) == ("failed", True)
        await joined.retry(task_id)
    assert await joined.traces(task_id, "begun") == [1, 2, 3, 4, 5, 6]
    await attempt(joined, task_id, store)
    row = await joined.row(task_id)
    assert (row.status, row.attempt, row.error_code) == ("completed", 7, None)


async def test_a_worker_runs_a_retried_task(workplace: Workplace) -> None:
    async def work(task: RunningTask) -> None:
        if task.attempt == 1:
            raise ZeroDivisionError
        await store(task)

    kind = kind_of(work)
    async with working(workplace.resources, kind):
        task_id = await workplace.begin(KIND)
        assert (await workplace.until(task_id)).status == "failed"
        # At once: the queue may still have the job of the first attempt.
        await workplace.retry(task_id)
        row = await workplace.until(task_id)
        await workplace.until_no_jobs()
    assert (row.status, row.attempt) == ("completed", 2)
    assert await workplace.traces(task_id, "stored") == [2]


async def test_the_job_of_the_attempt_before_takes_nothing_from_the_retry(
    workplace: Workplace,
) -> None:
    """Its worker may be just about to delete it, or have died."""
    task_id = await workplace.begin(KIND)
    await attempt(workplace, task_id, crash)
    assert await workplace.jobs() == 1
    await workplace.retry(task_id)
    assert await workplace.jobs() == 2
    async with working(workplace.resources, kind_of(store)):
        row = await workplace.until(task_id)
        await workplace.until_no_jobs()
    assert row.status == "completed"
    assert len(await workplace.traces(task_id, "stored")) == 1


async def test_one_of_twenty_retries_at_once_is_made(workplace: Workplace) -> None:
    task_id = await workplace.begin(KIND)
    await attempt(workplace, task_id, crash)
    await workplace.execute("DELETE FROM pgq.pgqueuer")
    outcomes = await asyncio.gather(
        *(workplace.retry(task_id) for _ in range(20)), return_exceptions=True
    )
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    assert [type(error) for error in refused] == [TaskNotRetryable] * 19
    assert await workplace.jobs() == 1
    row = await workplace.row(task_id)
    assert (row.status, row.attempt, row.uncounted) == ("pending", 1, 1)


async def test_a_retry_that_meets_a_beginning_leaves_one_that_is_active(
    workplace: Workplace,
) -> None:
    for number in range(5):
        key = f"key {number}"
        task_id = await workplace.begin(KIND, key)
        await attempt(workplace, task_id, crash)
        retried, *begun = await asyncio.gather(
            workplace.retry(task_id),
            *(workplace.begin(KIND, key) for _ in range(3)),
            return_exceptions=True,
        )
        assert len(set(begun)) == 1
        if isinstance(retried, BaseException):
            assert isinstance(retried, TaskActiveAlready)
            assert task_id not in begun
        else:
            assert set(begun) == {task_id}
        active = f"key = '{key}' AND status = 'pending'"
        assert await workplace.count("background_task", active) == 1


async def test_a_retry_that_is_rolled_back_leaves_no_job(joined: Workplace) -> None:
    task_id = await joined.begin(KIND)
    await attempt(joined, task_id, crash)
    async with joined.resources.database.session() as session:
        await TaskService(session).retry_task(joined.user_id, task_id)
        await session.rollback()
    assert await joined.jobs() == 1
    assert (await joined.row(task_id)).status == "failed"


async def test_a_retry_that_is_refused_leaves_the_session_usable(
    joined: Workplace,
) -> None:
    failed = await joined.begin(KIND)
    await attempt(joined, failed, crash)
    await joined.begin(KIND)
    async with joined.resources.database.session() as session:
        tasks = TaskService(session)
        with pytest.raises(TaskActiveAlready):
            await tasks.retry_task(joined.user_id, failed)
        other = await tasks.begin_task(joined.user_id, KIND, "other", Order())
    assert (await joined.row(other.id)).status == "pending"
