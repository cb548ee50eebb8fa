"""The periodic jobs of the workers."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.conftest import make_resources
from tests.tasks.workers import working
from tests.tasks.workplace import Workplace, kind_of, store
from tests.waiting import eventually
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.domain import Domain, PeriodicJob
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution import periodic
from unwrapped.tasks.execution.periodic import run_if_due


class Tidying:
    """A periodic job that counts its runs, and waits while it is held."""

    def __init__(self, every: timedelta, error: Exception | None = None) -> None:
        self.runs = 0
        self.free = asyncio.Event()
        self.free.set()
        self._error = error
        self.job = PeriodicJob("tests.tidying", every, self.run)

    async def run(self, resources: Resources) -> int:
        self.runs += 1
        await self.free.wait()
        if self._error is not None:
            raise self._error
        return 3

    @property
    def domain(self) -> Domain:
        """What plugs it in."""
        return Domain(name="tidying", periodic_jobs=(self.job,))


HOUR, NOW = timedelta(hours=1), timedelta(0)


@pytest.fixture(autouse=True)
def short_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look every moment for what is due: a quarter of a minute is long for a test."""
    monkeypatch.setattr(periodic, "LOOK", timedelta(seconds=0.05))


async def test_a_job_runs_at_the_start_and_not_before_it_is_due(
    workplace: Workplace,
) -> None:
    tidying = Tidying(HOUR)
    with capture_logs() as logs:
        async with working(workplace.resources, domains=[tidying.domain]):
            await eventually(lambda: tidying.runs > 0)
            await asyncio.sleep(0.4)
    assert tidying.runs == 1
    [line] = [line for line in logs if line["event"] == "periodic.done"]
    assert (line["job"], line["count"]) == ("tests.tidying", 3)


async def test_a_job_runs_again_when_it_is_due(workplace: Workplace) -> None:
    tidying = Tidying(NOW)
    async with working(workplace.resources, domains=[tidying.domain]):
        await eventually(lambda: tidying.runs >= 3)


async def test_one_of_many_workers_takes_a_tick(
    workplace: Workplace, clone: DatabaseAddress, settings: Settings
) -> None:
    tidying = Tidying(HOUR)
    database = Database(clone)
    try:
        other = make_resources(settings, database)
        taken = await asyncio.gather(
            *(
                run_if_due(resources, tidying.job)
                for _ in range(5)
                for resources in (workplace.resources, other)
            )
        )
    finally:
        await database.dispose()
    assert sorted(taken) == [False] * 9 + [True]
    assert tidying.runs == 1


async def test_a_tick_of_the_past_is_due_and_one_of_the_future_is_not(
    joined: Workplace,
) -> None:
    tidying = Tidying(HOUR)
    assert await run_if_due(joined.resources, tidying.job)
    assert not await run_if_due(joined.resources, tidying.job)
    await joined.execute("UPDATE periodic_tick SET due_at = now()")
    assert await run_if_due(joined.resources, tidying.job)
    assert tidying.runs == 2


async def test_a_tick_that_went_wrong_waits_for_the_next_one(
    joined: Workplace,
) -> None:
    failing = Tidying(HOUR, ValueError("a bug"))
    assert not await run_if_due(joined.resources, failing.job)
    assert not await run_if_due(joined.resources, failing.job)
    assert failing.runs == 1


async def test_no_connection_is_held_while_a_job_runs(workplace: Workplace) -> None:
    tidying = Tidying(HOUR)
    tidying.free.clear()
    running = asyncio.create_task(run_if_due(workplace.resources, tidying.job))
    await eventually(lambda: tidying.runs == 1)
    held = "datname = current_database() AND state = 'idle in transaction'"
    assert await workplace.count("pg_stat_activity", held) == 0
    tidying.free.set()
    assert await running


async def test_a_failing_job_ends_neither_worker_nor_other_jobs(
    workplace: Workplace,
) -> None:
    failing = Tidying(NOW, ValueError("a bug"))
    well = Tidying(NOW)
    well.job = PeriodicJob("tests.well", NOW, well.run)
    kind = kind_of(store)
    with capture_logs() as logs:
        async with working(
            workplace.resources, kind, domains=[failing.domain, well.domain]
        ):
            await eventually(lambda: min(failing.runs, well.runs) >= 3)
            task_id = await workplace.begin(kind.name)
            assert (await workplace.until(task_id)).status == "completed"
    assert "periodic.failed" in {line["event"] for line in logs}


async def test_a_worker_that_stops_waits_for_no_job(workplace: Workplace) -> None:
    tidying = Tidying(NOW)
    tidying.free.clear()
    async with asyncio.timeout(20):
        async with working(workplace.resources, domains=[tidying.domain]):
            await eventually(lambda: tidying.runs == 1)
