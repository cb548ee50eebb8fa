"""The progress that a running task reports."""

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.tasks.workplace import Work, Workplace, kind_of, store
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import RunningTask, Stopped

KIND = "tests.work"
MOST_A_SECOND = 4

WATCH = (
    "CREATE TABLE written (id bigserial, at float, status text, progress float, stage text)",
    """CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO written (at, status, progress, stage) VALUES
            (extract(epoch FROM clock_timestamp()), new.status, new.progress, new.stage);
        RETURN NULL; END $$""",
    """CREATE TRIGGER watch AFTER UPDATE ON background_task
        FOR EACH ROW EXECUTE FUNCTION watch()""",
)


@dataclass(frozen=True, slots=True)
class Written:
    """A version of the task's row."""

    at: float
    status: str
    progress: float
    stage: str | None


async def written_while(workplace: Workplace, work: Work) -> list[Written]:
    """Run `work`; return all versions of the task's row, in order."""
    for statement in WATCH:
        await workplace.execute(statement)
    task_id: UUID = await workplace.begin(KIND)
    await TaskRunner(workplace.resources).run(kind_of(work), task_id)
    await asyncio.sleep(0.4)
    async with workplace.resources.database.session() as session:
        found = await session.execute(
            text("SELECT at, status, progress, stage FROM written ORDER BY id")
        )
        return [Written(*row) for row in found]


async def test_progress_is_written_four_times_a_second_however_often_it_is_reported(
    workplace: Workplace,
) -> None:
    answer: list[float] = [0.0]

    def compute(task: RunningTask) -> None:
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            answer.append(min(answer[-1] + 0.0001, 0.99))
            task.report(answer[-1], "computing")
            time.sleep(0.001)

    async def work(task: RunningTask) -> None:
        await asyncio.to_thread(compute, task)
        await store(task)

    claimed, *reports, ended = await written_while(workplace, work)
    assert (claimed.status, claimed.progress) == ("processing", 0.0)
    assert (ended.status, ended.progress, ended.stage) == ("completed", 1.0, None)
    assert len(reports) >= 3
    assert len(reports) <= MOST_A_SECOND * (ended.at - claimed.at) + 1
    assert {(line.status, line.stage) for line in reports} == {
        ("processing", "computing")
    }
    progress = [line.progress for line in reports]
    assert progress == sorted(progress)
    assert set(progress) <= set(answer)


async def test_nothing_is_written_while_nothing_changes(workplace: Workplace) -> None:
    async def work(task: RunningTask) -> None:
        for _ in range(10):
            task.report(0.5, "waiting")
            await asyncio.sleep(0.1)
        await store(task)

    versions = await written_while(workplace, work)
    assert [line.progress for line in versions] == [0.0, 0.5, 1.0]


async def test_progress_stays_between_0_and_1(workplace: Workplace) -> None:
    async def work(task: RunningTask) -> None:
        for progress in (-0.5, 7.0):
            task.report(progress, "guessing")
            await asyncio.sleep(0.35)
        await store(task)

    versions = await written_while(workplace, work)
    assert [line.progress for line in versions] == [0.0, 0.0, 1.0, 1.0]


async def test_a_thread_that_computes_after_the_end_is_stopped(
    workplace: Workplace,
) -> None:
    refused: list[Stopped] = []

    def compute_on(task: RunningTask) -> None:
        for _ in range(1_000):
            try:
                task.report(0.3, "too late")
            except Stopped as error:
                refused.append(error)
                return
            time.sleep(0.01)

    threads: list[asyncio.Future[None]] = []

    async def work(task: RunningTask) -> None:
        threads.append(asyncio.ensure_future(asyncio.to_thread(compute_on, task)))
        await store(task)

    versions = await written_while(workplace, work)
    await asyncio.gather(*threads)
    assert [line.status for line in versions] == ["processing", "completed"]
    assert len(refused) == 1


async def test_a_thread_of_a_cancelled_attempt_is_stopped(
    workplace: Workplace,
) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()

    def compute(task: RunningTask) -> None:
        try:
            while True:
                task.report(0.3, "computing")
                time.sleep(0.01)
        finally:
            loop.call_soon_threadsafe(ended.set)

    async def work(task: RunningTask) -> None:
        await asyncio.to_thread(compute, task)

    task_id = await workplace.begin(KIND)
    attempt = asyncio.create_task(
        TaskRunner(workplace.resources).run(kind_of(work), task_id)
    )
    async with asyncio.timeout(30):
        while not (await workplace.row(task_id)).progress:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    async with asyncio.timeout(10):
        await ended.wait()
    row = await workplace.row(task_id)
    assert (row.status, row.progress) == ("pending", 0.3)
