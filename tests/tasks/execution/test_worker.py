"""Workers: in process, and as processes that end, are killed, and hand over."""

import asyncio
import os
import signal
import time

import pytest

from tests.conftest import Configure
from tests.tasks.workers import Workers, ended, working
from tests.tasks.workplace import Workplace, kind_of, store, trace_begin
from tests.waiting import eventually
from unwrapped.core.exceptions import Unavailable
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.settings import TaskSettings

pytestmark = pytest.mark.long


async def test_a_worker_takes_waiting_tasks_and_new_ones(workplace: Workplace) -> None:
    """It is notified of new ones; it polls the queue only every five seconds."""
    kind = kind_of(store)
    ids = [await workplace.begin(kind.name, f"before {n}") for n in range(2)]
    async with working(workplace.resources, kind) as worker:
        rows = [await workplace.until(task_id) for task_id in ids]
        begun = time.perf_counter()
        for number in range(2):
            new = await workplace.begin(kind.name, f"after {number}")
            rows.append(await workplace.until(new))
        assert time.perf_counter() - begun < 4.0
        await workplace.until_no_jobs()
        assert worker.readiness == [True]
    assert [(row.status, row.attempt) for row in rows] == [("completed", 1)] * 4
    assert await workplace.count("trace", "what = 'stored'") == 4
    assert await workplace.count("trace", "what = 'tidied'") == 4


async def test_a_task_that_failed_leaves_no_job_and_a_retry_leaves_one(
    workplace: Workplace,
) -> None:
    class Away(Unavailable):
        """Away for a while."""

    async def work(task: RunningTask) -> None:
        if task.attempt == 1:
            raise Away("Away for a while.")
        raise ValueError

    kind = kind_of(work)
    task_id = await workplace.begin(kind.name)
    async with working(workplace.resources, kind):
        await workplace.until(task_id, seconds=30)
        await workplace.until_no_jobs()
    row = await workplace.row(task_id)
    assert (row.status, row.attempt) == ("failed", 2)
    assert await workplace.traces(task_id, "tidied") == []


async def test_a_hook_that_fails_is_tried_again_and_changes_no_outcome(
    workplace: Workplace,
) -> None:
    calls = []

    async def tidy(resources: object, task_id: object) -> None:
        calls.append(task_id)
        if len(calls) == 1:
            raise ConnectionResetError

    kind = kind_of(store, ended=tidy)
    task_id = await workplace.begin(kind.name)
    async with working(workplace.resources, kind):
        await eventually(lambda: len(calls) == 2)
        await workplace.until_no_jobs()
    assert (await workplace.row(task_id)).status == "completed"
    assert len(await workplace.traces(task_id, "stored")) == 1


async def test_a_worker_is_ended_by_sigterm_after_its_running_task(
    workplace: Workplace, workers: Workers
) -> None:
    process = await workers.start(WORKER_GRACE_SECONDS="30")
    running = await workplace.begin("tests.slow", "running", seconds=1.0)
    await workplace.until_traced(running, "begun")
    process.send_signal(signal.SIGTERM)
    await asyncio.sleep(0.2)
    waiting = await workplace.begin("tests.slow", "waiting")
    assert await ended(process, seconds=20) == 0
    row = await workplace.row(running)
    assert (row.status, row.attempt) == ("completed", 1)
    assert (await workplace.row(waiting)).status == "pending"
    assert await workplace.jobs() == 1


async def test_the_task_of_a_killed_worker_is_done_by_another_until_its_input_ends(
    workplace: Workplace, workers: Workers
) -> None:
    """The other one's input ends while it has the task: it does it, and ends."""
    killed = await workers.start()
    task_id = await workplace.begin("tests.slow", seconds=1.0)
    await workplace.until_traced(task_id, "begun")
    killed.kill()
    other = await workers.start()
    await workplace.until_traced(task_id, "begun", times=2)
    assert other.stdin is not None
    other.stdin.close()
    assert await ended(other, seconds=20) == 0
    row = await workplace.row(task_id)
    assert (row.status, row.attempt) == ("completed", 2)
    assert await workplace.traces(task_id, "stored") == [2]
    assert await workplace.jobs() == 0


async def test_a_stale_attempt_takes_nobody_s_job_away(
    workplace: Workplace, workers: Workers
) -> None:
    """Its end must not end the job of the worker that has the task now, which may still die.

    SIGSTOP and SIGCONT: a machine that slept, a container that was paused.
    """
    stale = await workers.start()
    task_id = await workplace.begin("tests.slow", seconds=2.0)
    await workplace.until_traced(task_id, "begun")
    os.killpg(stale.pid, signal.SIGSTOP)
    second = await workers.start()
    await workplace.until_traced(task_id, "begun", times=2)
    os.killpg(second.pid, signal.SIGSTOP)
    os.killpg(stale.pid, signal.SIGCONT)
    assert stale.stdin is not None
    stale.stdin.close()
    await ended(stale, seconds=30)
    os.killpg(second.pid, signal.SIGKILL)
    await workers.start()
    row = await workplace.until(task_id, seconds=90)
    assert (row.status, row.attempt) == ("completed", 3)
    assert await workplace.traces(task_id, "stored") == [3]


async def test_poison_fails_after_its_third_worker_and_the_others_complete(
    workplace: Workplace, workers: Workers
) -> None:
    workers.keep()
    poison = await workplace.begin("tests.poison")
    # A task loses an attempt with the worker that dies beside it: two at most from here on.
    await workplace.until_traced(poison, "begun", times=2)
    others = [await workplace.begin("tests.slow", str(n)) for n in range(3)]
    row = await workplace.until(poison)
    assert (row.status, row.error_code) == ("failed", "attempts_exhausted")
    assert row.attempt == 3
    assert sorted(await workplace.traces(poison, "begun")) == [1, 2, 3]
    for task_id in others:
        assert (await workplace.until(task_id)).status == "completed"
        assert len(await workplace.traces(task_id, "stored")) == 1
    await workplace.until_no_jobs()
    assert await workplace.traces(poison, "tidied") == []


async def test_a_worker_that_dies_before_the_hook_leaves_it_to_the_next(
    workplace: Workplace, workers: Workers
) -> None:
    workers.keep()
    task_id = await workplace.begin("tests.untidy")
    await workplace.until_traced(task_id, "tidied", times=2)
    await workplace.until_no_jobs()
    row = await workplace.row(task_id)
    assert (row.status, row.attempt) == ("completed", 1)
    assert await workplace.traces(task_id, "stored") == [1]


async def test_a_stopped_worker_gives_back_its_task_and_took_none_that_cannot_run(
    workplace: Workplace, configure: Configure
) -> None:
    """One task runs alone, and another one of its kind waits in the queue meanwhile."""
    configure(TaskSettings, worker_grace_seconds=0.3)

    async def work(task: RunningTask) -> None:
        await trace_begin(task)
        await asyncio.sleep(3600)

    kind = kind_of(work, alone=True)
    first = await workplace.begin(kind.name, "first")
    second = await workplace.begin(kind.name, "second")
    async with working(workplace.resources, kind):
        await workplace.until_traced(first, "begun")
        await asyncio.sleep(0.3)
        assert await workplace.count("pgq.pgqueuer", "status = 'queued'") == 1
    assert await workplace.count("pgq.pgqueuer", "status = 'queued'") == 2
    row = await workplace.row(first)
    assert (row.status, row.attempt, row.uncounted) == ("pending", 1, 1)
    row = await workplace.row(second)
    assert (row.status, row.attempt) == ("pending", 0)
