"""Workers that are stopped with a running task: it is released, and loses nothing."""

import asyncio
from uuid import UUID

import pytest

from tests.conftest import Configure
from tests.tasks.workers import working
from tests.tasks.workplace import Workplace, kind_of, store, trace_begin
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.settings import TaskSettings

KIND = "tests.work"


async def endless(task: RunningTask) -> None:
    """Work that no grace time is enough for."""
    await trace_begin(task)
    await asyncio.Event().wait()


async def stop_in_the_middle(workplace: Workplace, task_id: UUID) -> None:
    """Make an attempt that is cut short, as by a worker whose grace time is over."""
    before = len(await workplace.traces(task_id, "begun"))
    runner = TaskRunner(workplace.resources)
    attempt = asyncio.create_task(runner.run(kind_of(endless), task_id))
    await workplace.until_traced(task_id, "begun", times=before + 1)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt


async def test_attempts_that_were_cut_short_bring_a_task_no_nearer_to_failing(
    workplace: Workplace,
) -> None:
    task_id = await workplace.begin(KIND)
    for times in range(1, 5):
        await stop_in_the_middle(workplace, task_id)
        row = await workplace.row(task_id)
        assert (row.status, row.attempt, row.uncounted) == ("pending", times, times)
        assert (row.error_code, row.next_attempt_at) == (None, None)
    await TaskRunner(workplace.resources).run(kind_of(store), task_id)
    row = await workplace.row(task_id)
    assert (row.status, row.attempt, row.uncounted) == ("completed", 5, 4)


async def test_attempts_that_died_still_count_among_those_that_were_cut_short(
    workplace: Workplace,
) -> None:
    task_id = await workplace.begin(KIND)
    for _ in range(3):
        await stop_in_the_middle(workplace, task_id)
        # The next worker dies with it.
        await workplace.execute(
            "UPDATE background_task SET status = 'processing', attempt = attempt + 1"
        )
    await TaskRunner(workplace.resources).run(kind_of(store), task_id)
    row = await workplace.row(task_id)
    assert (row.status, row.error_code) == ("failed", "attempts_exhausted")
    assert (row.attempt, row.uncounted, row.retryable) == (6, 3, True)
    # Retried, it gets all of its attempts again.
    await workplace.retry(task_id)
    await TaskRunner(workplace.resources).run(kind_of(store), task_id)
    assert (await workplace.row(task_id)).status == "completed"


async def test_worker_after_worker_gives_a_task_back_until_one_has_the_time(
    workplace: Workplace, configure: Configure
) -> None:
    configure(TaskSettings, worker_grace_seconds=0)
    # Far longer than the test may take: nobody waits for a heartbeat to be missed.
    configure(TaskSettings, worker_heartbeat_seconds=3600)
    task_id = await workplace.begin(KIND)
    for times in range(1, 3):
        async with working(workplace.resources, kind_of(endless)):
            await workplace.until_traced(task_id, "begun", times=times)
        row = await workplace.row(task_id)
        assert (row.status, row.attempt, row.uncounted) == ("pending", times, times)
    async with working(workplace.resources, kind_of(store)):
        row = await workplace.until(task_id)
    assert (row.status, row.attempt) == ("completed", 3)
