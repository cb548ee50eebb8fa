"""Attempts that take longer than their kind may."""

import asyncio
import threading
import time
from datetime import timedelta
from uuid import UUID

import pytest
from pgqueuer.errors import RetryRequested
from structlog.testing import capture_logs

from tests.tasks.workplace import Work, Workplace, kind_of, leave_trace, store
from tests.waiting import eventually
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import RunningTask, Stopped

KIND = "tests.work"
DEADLINE = timedelta(seconds=0.2)


async def attempt(
    workplace: Workplace, work: Work, deadline: timedelta = DEADLINE
) -> UUID:
    """Make one attempt at a new task, as a worker that got the job does."""
    task_id = await workplace.begin(KIND)
    kind = kind_of(work, deadline=deadline)
    await TaskRunner(workplace.resources).run(kind, task_id)
    return task_id


async def wait(task: RunningTask) -> None:
    """Waits without end."""
    await asyncio.Event().wait()


async def wait_at_the_end(task: RunningTask) -> None:
    """Stores its data, and waits without end before the commit."""
    async with task.finishing() as finish:
        await leave_trace(finish.session, task.id, "stored")
        await asyncio.Event().wait()


async def stumble(task: RunningTask) -> None:
    """Raises an error of its own when it is stopped."""
    try:
        await asyncio.Event().wait()
    finally:
        raise ZeroDivisionError


@pytest.mark.parametrize("work", [wait, wait_at_the_end, stumble])
async def test_an_attempt_that_takes_too_long_fails_and_says_so(
    workplace: Workplace, work: Work
) -> None:
    with capture_logs() as logs:
        task_id = await attempt(workplace, work)
    row = await workplace.row(task_id)
    assert (row.status, row.attempt) == ("failed", 1)
    assert row.error_code == "deadline_exceeded"
    assert row.error_message == "The task did not end within 0 seconds."
    assert (row.retryable, row.next_attempt_at) == (True, None)
    assert await workplace.traces(task_id, "stored") == []
    assert "task.crashed" not in {line["event"] for line in logs}
    # It is up to its owner: another attempt can find less to do.
    assert (await workplace.retry(task_id)).status == "pending"


async def test_a_thread_that_takes_too_long_is_asked_to_stop(
    workplace: Workplace,
) -> None:
    stopped: list[threading.Thread] = []

    def compute(task: RunningTask) -> None:
        try:
            while True:
                task.report(0.5, "computing")
                time.sleep(0.01)
        except Stopped:
            stopped.append(threading.current_thread())

    async def work(task: RunningTask) -> None:
        await asyncio.to_thread(compute, task)

    row = await workplace.row(await attempt(workplace, work))
    assert (row.status, row.error_code) == ("failed", "deadline_exceeded")
    await eventually(lambda: len(stopped) == 1)
    assert stopped != [threading.main_thread()]


async def test_a_timeout_of_the_work_s_own_is_not_the_deadline(
    joined: Workplace,
) -> None:
    async def work(task: RunningTask) -> None:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()

    with pytest.raises(RetryRequested) as retry:
        await attempt(joined, work, timedelta(hours=1))
    assert retry.value.reason == "unavailable"


async def test_an_attempt_that_ends_in_time_is_left_alone(joined: Workplace) -> None:
    task_id = await attempt(joined, store, timedelta(seconds=30))
    assert (await joined.row(task_id)).status == "completed"
