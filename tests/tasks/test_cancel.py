"""Cancelling tasks: the row says so at once, and what is under way stores nothing."""

import asyncio
import threading
import time
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from tests.auth.factories import SignedIn, sign_in
from tests.tasks.workers import working
from tests.tasks.workplace import (
    Work,
    Workplace,
    begin_as,
    kind_of,
    leave_trace,
    store,
    trace_begin,
)
from tests.waiting import eventually
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.running_task import RunningTask, Superseded
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.service import TaskHasEnded, TaskService

KIND = "tests.work"


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """A user, signed in."""
    return await sign_in(resources)


@pytest.mark.parametrize("status", ["pending", "processing"])
async def test_a_cancelled_task_says_so_at_once_and_again(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn, status: str
) -> None:
    task_id = await begin_as(
        resources, ada.id, status=status, attempt=1, progress=0.4, stage="reading"
    )
    path = f"/api/v1/tasks/{task_id}"
    answer = await client.post(f"{path}/cancel", headers=ada.headers)
    assert answer.status_code == 200
    cancelled = answer.json()
    assert cancelled["completed_at"] is not None
    assert (cancelled["status"], cancelled["stage"]) == ("cancelled", None)
    assert (cancelled["progress"], cancelled["attempt"]) == (0.4, 1)
    assert (cancelled["error_code"], cancelled["retryable"]) == (None, False)
    assert (await client.get(path, headers=ada.headers)).json() == cancelled
    again = await client.post(f"{path}/cancel", headers=ada.headers)
    assert (again.status_code, again.json()) == (200, cancelled)


@pytest.mark.parametrize("status", ["completed", "failed"])
async def test_a_task_that_ended_in_another_way_cannot_be_cancelled(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn, status: str
) -> None:
    task_id = await begin_as(resources, ada.id, status=status, result_data={"a": 1})
    path = f"/api/v1/tasks/{task_id}"
    answer = await client.post(f"{path}/cancel", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "task_has_ended")
    assert status in answer.json()["detail"]
    assert (await client.get(path, headers=ada.headers)).json()["status"] == status


async def test_a_cancelled_key_can_be_begun_again_at_once(
    resources: Resources, ada: SignedIn
) -> None:
    first = await begin_as(resources, ada.id)
    async with resources.database.session() as session:
        await TaskService(session).cancel_task(ada.id, first)
    assert await begin_as(resources, ada.id) != first


async def test_a_cancelled_task_that_waits_is_never_run_and_is_tidied(
    workplace: Workplace,
) -> None:
    task_id = await workplace.begin(KIND)
    await workplace.cancel(task_id)
    async with working(workplace.resources, kind_of(store)):
        await workplace.until_traced(task_id, "tidied")
        await workplace.until_no_jobs()
    assert await workplace.traces(task_id, "stored") == []
    row = await workplace.row(task_id)
    assert (row.status, row.attempt, row.started_at) == ("cancelled", 0, None)


class Steps:
    """Work that goes on until it is stopped, and notes how it was."""

    def __init__(self) -> None:
        self.stopped_by: list[BaseException] = []

    async def in_the_loop(self, task: RunningTask) -> None:
        """Reports again and again, as a coroutine does."""
        await trace_begin(task)
        try:
            while True:
                task.report(0.5, "working")
                await asyncio.sleep(0.01)
        except (Superseded, asyncio.CancelledError) as error:
            self.stopped_by.append(error)
            raise

    async def in_a_thread(self, task: RunningTask) -> None:
        """Reports again and again, as what computes does."""
        await trace_begin(task)
        await asyncio.to_thread(self._compute, task)

    def _compute(self, task: RunningTask) -> None:
        assert threading.current_thread() is not threading.main_thread()
        try:
            while True:
                task.report(0.5, "working")
                time.sleep(0.01)
        except Superseded as error:
            self.stopped_by.append(error)
            raise


@pytest.mark.parametrize("where", ["in_the_loop", "in_a_thread"])
async def test_a_cancelled_task_that_reports_is_stopped_at_its_next_step(
    workplace: Workplace, where: str
) -> None:
    steps = Steps()
    work: Work = getattr(steps, where)
    with capture_logs() as logs:
        async with working(workplace.resources, kind_of(work)):
            task_id = await workplace.begin(KIND)
            await workplace.until_traced(task_id, "begun")
            cancelled = await workplace.cancel(task_id)
            assert cancelled.status == TaskStatus.CANCELLED
            await eventually(lambda: len(steps.stopped_by) == 1)
            await workplace.until_traced(task_id, "tidied")
            await workplace.until_no_jobs()
            # The worker goes on with what comes next.
            await workplace.cancel(await workplace.begin(KIND, "another"))
            await workplace.until_no_jobs()
    row = await workplace.row(task_id)
    assert (row.status, row.attempt, row.error_code) == ("cancelled", 1, None)
    assert row.completed_at == cancelled.completed_at
    attempts = [line for line in logs if line["event"] == "task.attempt"]
    # The other one may have been cancelled before anybody took it.
    ours = [line["outcome"] for line in attempts if line["task_id"] == str(task_id)]
    assert ours == ["cancelled"]
    assert {line["log_level"] for line in logs} <= {"info", "debug"}


class Finishing:
    """Work that is held at a place on its way through `finishing`."""

    def __init__(self) -> None:
        self.is_there, self.free = asyncio.Event(), asyncio.Event()

    async def hold(self) -> None:
        """Say that the place is reached, and wait."""
        self.is_there.set()
        await self.free.wait()

    async def before(self, task: RunningTask) -> None:
        """Held before it begins to finish, and never reports."""
        await self.hold()
        await store(task)

    async def within(self, task: RunningTask) -> None:
        """Held when it has stored data already."""
        async with task.finishing() as finish:
            await leave_trace(finish.session, task.id, "stored", task.attempt)
            await self.hold()
            finish.result = {"attempt": task.attempt}


@pytest.mark.parametrize("place", ["before", "within"])
async def test_a_cancelled_task_that_is_about_to_finish_stores_nothing(
    workplace: Workplace, place: str
) -> None:
    finishing = Finishing()
    work: Work = getattr(finishing, place)
    async with working(workplace.resources, kind_of(work)):
        task_id = await workplace.begin(KIND)
        await finishing.is_there.wait()
        async with asyncio.timeout(30):  # it waits for nothing
            await workplace.cancel(task_id)
        assert (await workplace.row(task_id)).status == "cancelled"
        finishing.free.set()
        await workplace.until_traced(task_id, "tidied")
        await workplace.until_no_jobs()
    row = await workplace.row(task_id)
    assert (row.status, row.result_data, row.progress) == ("cancelled", None, 0.0)
    assert await workplace.traces(task_id, "stored") == []


async def cancelled_or_not(workplace: Workplace, task_id: UUID) -> bool:
    """Cancel a task; return False if it had ended before."""
    try:
        await workplace.cancel(task_id)
    except TaskHasEnded:
        return False
    return True


async def test_a_cancel_that_meets_the_end_comes_before_or_after_it(
    workplace: Workplace,
) -> None:
    async with working(workplace.resources, kind_of(store)):
        for number in range(8):
            task_id = await workplace.begin(KIND, str(number))
            await asyncio.sleep(number / 800)
            cancelled = await cancelled_or_not(workplace, task_id)
            row = await workplace.row(task_id)
            assert row.status == ("cancelled" if cancelled else "completed")
            await workplace.until_no_jobs()
            row = await workplace.row(task_id)
            assert row.status == ("cancelled" if cancelled else "completed")
            stored = len(await workplace.traces(task_id, "stored"))
            assert stored == (0 if cancelled else 1)
            assert len(await workplace.traces(task_id, "tidied")) == 1


async def test_a_task_that_fails_after_it_was_cancelled_stays_cancelled(
    workplace: Workplace,
) -> None:
    held = Finishing()

    async def work(task: RunningTask) -> None:
        await held.hold()
        raise ValueError

    async with working(workplace.resources, kind_of(work)):
        task_id = await workplace.begin(KIND)
        await held.is_there.wait()
        await workplace.cancel(task_id)
        held.free.set()
        await workplace.until_no_jobs()
    row = await workplace.row(task_id)
    assert (row.status, row.error_code, row.retryable) == ("cancelled", None, False)


@pytest.mark.parametrize("finishes", [False, True])
async def test_a_cancelled_task_that_waits_for_the_database_ends_with_its_statement(
    workplace: Workplace, finishes: bool
) -> None:
    """It never reports: its coroutine is cancelled."""

    async def work(task: RunningTask) -> None:
        await trace_begin(task)
        resources = task.resources
        if finishes:
            async with task.finishing() as finish:
                await finish.session.execute(text("SELECT pg_sleep(600)"))
        async with resources.database.session() as session:
            await session.execute(text("SELECT pg_sleep(600)"))

    async def is_over() -> bool:
        running = "query = 'SELECT pg_sleep(600)' AND state = 'active'"
        return not await workplace.count("pg_stat_activity", running)

    async with working(workplace.resources, kind_of(work)):
        task_id = await workplace.begin(KIND)
        await workplace.until_traced(task_id, "begun")
        await workplace.cancel(task_id)
        await workplace.until_no_jobs()
        await eventually(is_over)
    assert (await workplace.row(task_id)).status == "cancelled"


async def test_a_task_that_is_cancelled_while_it_handles_an_error_is_cancelled(
    workplace: Workplace,
) -> None:
    async def work(task: RunningTask) -> None:
        await trace_begin(task)
        try:
            await asyncio.Event().wait()
        finally:
            raise ZeroDivisionError

    with capture_logs() as logs:
        async with working(workplace.resources, kind_of(work)):
            task_id = await workplace.begin(KIND)
            await workplace.until_traced(task_id, "begun")
            await workplace.cancel(task_id)
            await workplace.until_no_jobs()
    attempts = [line for line in logs if line["event"] == "task.attempt"]
    assert [line["outcome"] for line in attempts] == ["cancelled"]
    assert {line["log_level"] for line in logs} <= {"info", "debug"}
