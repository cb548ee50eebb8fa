"""What the workers tidy from time to time."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.conftest import make_resources
from tests.tasks.workers import until, working
from tests.tasks.workplace import Workplace, kind_of, store
from unwrapped.core.addresses import DatabaseAddress
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.domain import Domain, Sweep
from unwrapped.core.resources import Resources
from unwrapped.tasks import sweeps
from unwrapped.tasks.sweeps import sweep_once


class Tidying:
    """A sweep that counts its runs, and waits while it is held."""

    def __init__(self, every: timedelta, error: Exception | None = None) -> None:
        self.runs = 0
        self.most = 0
        self.free = asyncio.Event()
        self.free.set()
        self._running = 0
        self._error = error
        self.sweep = Sweep("tests.tidying", every, self.run)

    async def run(self, resources: Resources) -> int:
        self.runs += 1
        self._running += 1
        self.most = max(self.most, self._running)
        await self.free.wait()
        self._running -= 1
        if self._error is not None:
            raise self._error
        return 3

    @property
    def domain(self) -> Domain:
        """What plugs it in."""
        return Domain(name="tidying", sweeps=(self.sweep,))


HOUR, NOW = timedelta(hours=1), timedelta(0)


@pytest.fixture(autouse=True)
def short_ticks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look every moment for what is due: half a minute is long for a test."""
    monkeypatch.setattr(sweeps, "TICK", timedelta(seconds=0.05))


async def test_a_sweep_runs_at_the_start_and_not_before_it_is_due(
    workplace: Workplace,
) -> None:
    tidying = Tidying(HOUR)
    with capture_logs() as logs:
        async with working(workplace.resources, domains=[tidying.domain]):
            await until(lambda: tidying.runs > 0)
            await asyncio.sleep(0.4)
    assert tidying.runs == 1
    [line] = [line for line in logs if line["event"] == "sweep.done"]
    assert (line["sweep"], line["swept"]) == ("tests.tidying", 3)


async def test_a_sweep_runs_again_when_it_is_due(workplace: Workplace) -> None:
    tidying = Tidying(NOW)
    async with working(workplace.resources, domains=[tidying.domain]):
        await until(lambda: tidying.runs >= 3)


async def test_of_two_workers_one_sweeps(
    workplace: Workplace, clone: DatabaseAddress, settings: Settings
) -> None:
    tidying = Tidying(NOW)
    tidying.free.clear()
    database = Database(clone)
    try:
        first = asyncio.create_task(sweep_once(workplace.resources, tidying.sweep))
        await until(lambda: tidying.runs == 1)
        other = make_resources(settings, database)
        await sweep_once(other, tidying.sweep)
        assert tidying.runs == 1
        tidying.free.set()
        await first
        await sweep_once(other, tidying.sweep)
        assert tidying.runs == 2
    finally:
        await database.dispose()


async def test_two_workers_never_sweep_at_once(
    workplace: Workplace, clone: DatabaseAddress, settings: Settings
) -> None:
    tidying = Tidying(NOW)
    database = Database(clone)
    try:
        async with (
            working(workplace.resources, domains=[tidying.domain]),
            working(make_resources(settings, database), domains=[tidying.domain]),
        ):
            await until(lambda: tidying.runs >= 6)
    finally:
        await database.dispose()
    assert tidying.most == 1


async def test_a_failing_sweep_ends_neither_worker_nor_other_sweeps(
    workplace: Workplace,
) -> None:
    failing = Tidying(NOW, ValueError("a bug"))
    well = Tidying(NOW)
    well.sweep = Sweep("tests.well", NOW, well.run)
    kind = kind_of(store)
    with capture_logs() as logs:
        async with working(
            workplace.resources, kind, domains=[failing.domain, well.domain]
        ):
            await until(lambda: min(failing.runs, well.runs) >= 3)
            task_id = await workplace.begin(kind.name)
            assert (await workplace.until(task_id)).status == "completed"
    assert "sweep.failed" in {line["event"] for line in logs}


async def test_a_worker_that_stops_waits_for_no_sweep(workplace: Workplace) -> None:
    tidying = Tidying(NOW)
    tidying.free.clear()
    async with asyncio.timeout(20):
        async with working(workplace.resources, domains=[tidying.domain]):
            await until(lambda: tidying.runs == 1)
