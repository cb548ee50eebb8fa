"""Heavy tasks in children of real workers: how they end, and what is left of them."""

import json
import os
import signal
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from tests.fork_server import IDLE
from tests.tasks.heavy.kinds import ENDLESS, MIB
from tests.tasks.workers import Workers, ended
from tests.tasks.workplace import Workplace
from tests.waiting import eventually

LIMIT = 256
ENDLESS_RUNS = (
    f"query LIKE '%{ENDLESS}%' AND state = 'active' AND pid <> pg_backend_pid()"
)


async def child_of(workplace: Workplace, task_id: UUID) -> int:
    """The process that runs a task."""
    await workplace.until_traced(task_id, "begun")
    async with workplace.resources.database.driver() as driver:
        pid: int = await driver.fetchval(
            "SELECT pid FROM trace WHERE task_id = $1 ORDER BY id DESC", task_id
        )
    return pid


def is_gone(pid: int) -> bool:
    """Whether there is no such process, not even a zombie."""
    return not Path(f"/proc/{pid}").exists()


def status_of(pid: int, field: str) -> int:
    """A number in what Linux says of a process."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1])
    raise AssertionError(f"{pid} has no {field}")


async def no_statement_runs(workplace: Workplace) -> None:
    """Wait until the endless statement has ended."""

    async def is_over() -> bool:
        return not await workplace.count("pg_stat_activity", ENDLESS_RUNS)

    await eventually(is_over)


async def next_one_runs(workplace: Workplace) -> None:
    """The worker lives, and has room for another heavy task."""
    row = await workplace.until(await workplace.begin("tests.held", "next"))
    assert (row.status, row.attempt) == ("completed", 1)


async def test_a_task_runs_in_a_child_whose_memory_goes_back(
    workplace: Workplace, workers: Workers
) -> None:
    worker = await workers.start()
    before = status_of(worker.pid, "RssAnon")
    task_id = await workplace.begin("tests.hoard", seconds=200)
    child = await child_of(workplace, task_id)
    assert (await workplace.until(task_id)).status == "completed"
    assert child != worker.pid
    await eventually(lambda: is_gone(child))
    assert status_of(worker.pid, "RssAnon") - before < 100 * 1024


async def test_a_task_that_needs_more_memory_fails_at_once_and_the_worker_lives(
    workplace: Workplace, workers: Workers
) -> None:
    await workers.start(TASK_MEMORY_MAX_BYTES=str(LIMIT * MIB))
    beside = await workplace.begin("tests.slow_first", seconds=1.0)
    for kind in ("tests.hoard", "tests.leap"):
        row = await workplace.until(await workplace.begin(kind, seconds=3 * LIMIT))
        assert (row.status, row.error_code) == ("failed", "out_of_memory")
        assert "TASK_MEMORY_MAX_BYTES" in (row.error_message or "")
        assert (row.attempt, row.retryable) == (1, True)
    row = await workplace.until(beside)
    assert (row.status, row.attempt) == ("completed", 1)
    await next_one_runs(workplace)


async def test_the_outcome_of_a_task_whose_child_dies(
    workplace: Workplace, workers: Workers
) -> None:
    await workers.start()
    # The system kills those that need too much memory: it would not help to try again.
    for number in (signal.SIGKILL, signal.SIGABRT):
        task_id = await workplace.begin("tests.signal", number.name, float(number))
        row = await workplace.until(task_id)
        assert (row.status, row.error_code) == ("failed", "out_of_memory")
        assert (row.attempt, row.retryable) == (1, True)
        is_refused = "TASK_MEMORY_MAX_BYTES" in (row.error_message or "")
        assert is_refused == (number is signal.SIGABRT)
    # Otherwise it is tried again, and the attempt is counted.
    task_id = await workplace.begin("tests.signal", seconds=float(signal.SIGUSR1))
    row = await workplace.until(task_id)
    assert (row.status, row.error_code) == ("failed", "attempts_exhausted")
    assert (row.attempt, row.uncounted, row.retryable) == (2, 0, True)
    assert await workplace.traces(task_id, "begun") == [1, 2]
    # With its work done, it is completed.
    task_id = await workplace.begin("tests.done")
    await workplace.until_traced(task_id, "tidied")
    await workplace.until_no_jobs()
    row = await workplace.row(task_id)
    assert (row.status, row.attempt, row.error_code) == ("completed", 1, None)
    assert await workplace.traces(task_id, "stored") == [1]
    assert '"outcome":"completed"' in workers.log.read_text()


async def test_a_cancelled_task_ends_with_its_statements_and_leaves_room(
    workplace: Workplace, workers: Workers
) -> None:
    await workers.start()

    async def is_running() -> bool:
        return await workplace.count("pg_stat_activity", ENDLESS_RUNS) == 1

    for kind in ("tests.in_database", "tests.in_thread"):
        task_id = await workplace.begin(kind)
        child = await child_of(workplace, task_id)
        await eventually(is_running)
        forks = status_of(child, "PPid")
        assert threads_of(forks) <= IDLE
        await workplace.cancel(task_id)
        await eventually(partial(is_gone, child))
        await no_statement_runs(workplace)
        assert (await workplace.row(task_id)).status == "cancelled"
        assert await workplace.traces(task_id, "stored") == []
    await next_one_runs(workplace)


async def test_a_child_ends_at_its_deadline_and_when_another_worker_has_its_task(
    workplace: Workplace, workers: Workers
) -> None:
    await workers.start()
    # It ignores signals.
    task_id = await workplace.begin("tests.stuck")
    child = await child_of(workplace, task_id)
    row = await workplace.until(task_id)
    assert (row.status, row.error_code) == ("failed", "deadline_exceeded")
    await eventually(lambda: is_gone(child))
    await next_one_runs(workplace)
    task_id = await workplace.begin("tests.held", seconds=600.0)
    child = await child_of(workplace, task_id)
    await workplace.change(task_id, "attempt = attempt + 1")
    await eventually(lambda: is_gone(child))
    assert (await workplace.row(task_id)).status == "processing"


def threads_of(pid: int) -> set[str]:
    """The names of a process's threads, without the main one: it forks."""
    tasks = set(Path(f"/proc/{pid}/task").iterdir()) - {Path(f"/proc/{pid}/task/{pid}")}
    return {(task / "comm").read_text().strip() for task in tasks}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_to_all_leaves_the_child_the_grace_time(
    workplace: Workplace, workers: Workers, number: signal.Signals
) -> None:
    """Ctrl-C goes to the whole group, and SIGTERM of a service manager can."""
    worker = await workers.start(WORKER_GRACE_SECONDS="30")
    task_id = await workplace.begin("tests.held", seconds=1.0)
    child = await child_of(workplace, task_id)
    os.killpg(worker.pid, number)
    assert await ended(worker, seconds=20) == 0
    row = await workplace.row(task_id)
    assert (row.status, row.attempt) == ("completed", 1)
    assert is_gone(child)


async def test_when_the_grace_time_is_over_the_task_is_given_back_and_the_child_gone(
    workplace: Workplace, workers: Workers
) -> None:
    worker = await workers.start(WORKER_GRACE_SECONDS="0.2")
    task_id = await workplace.begin("tests.in_thread")
    child = await child_of(workplace, task_id)
    os.killpg(worker.pid, signal.SIGINT)
    assert await ended(worker, seconds=20) == 0
    assert is_gone(child)
    row = await workplace.row(task_id)
    assert (row.status, row.attempt, row.uncounted) == ("pending", 1, 1)
    await no_statement_runs(workplace)


async def test_a_killed_worker_leaves_no_process(
    workplace: Workplace, workers: Workers
) -> None:
    worker = await workers.start()
    task_id = await workplace.begin("tests.stuck", seconds=600.0)
    child = await child_of(workplace, task_id)
    forks = status_of(child, "PPid")
    worker.kill()
    await eventually(lambda: is_gone(child))
    await eventually(lambda: is_gone(forks))


async def test_a_worker_ends_that_can_fork_no_more(
    workplace: Workplace, workers: Workers
) -> None:
    worker = await workers.start(WORKER_GRACE_SECONDS="0.2")
    task_id = await workplace.begin("tests.held", seconds=600.0)
    child = await child_of(workplace, task_id)
    os.kill(status_of(child, "PPid"), signal.SIGKILL)
    assert await ended(worker, seconds=20) != 0
    assert "start the worker again" in workers.log.read_text()
    await eventually(lambda: is_gone(child))


async def test_log_lines_of_a_child_have_the_form_and_the_request_of_the_worker_s(
    workplace: Workplace, workers: Workers
) -> None:
    await workers.start(LOG_FORMAT="json")
    task_id = await workplace.begin("tests.crash")
    await workplace.change(task_id, "request_id = 'of-a-request'")
    row = await workplace.until(task_id)
    assert (row.status, row.error_code) == ("failed", "internal_error")
    await workplace.until_no_jobs()
    lines = [json.loads(line) for line in workers.log.read_text().splitlines()]
    found = {
        line["event"]: line for line in lines if line.get("task_id") == str(task_id)
    }
    assert set(found) == {"task.crashed", "task.attempt"}
    assert {line["request_id"] for line in found.values()} == {"of-a-request"}
    assert "ZeroDivisionError" in found["task.crashed"]["exception"]
    assert found["task.attempt"]["outcome"] == "failed"
