"""Drains run when they are notified, again while rows are left, and after errors."""

import asyncio

from sqlalchemy import text
from structlog.testing import capture_logs

from tests.waiting import eventually
from unwrapped.core.domain import Domain, Drain
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.inbox_drains import run_drains

CHANNEL = "tests_drain"


async def _notify(resources: Resources) -> None:
    async with resources.database.session() as session:
        await session.execute(text(f"SELECT pg_notify('{CHANNEL}', '')"))


async def test_a_drain_runs_until_nothing_is_left_and_when_it_is_notified(
    cloned_resources: Resources,
) -> None:
    left, runs = [3], 0

    async def run(resources: Resources) -> int:
        nonlocal runs
        runs += 1
        done = min(left[0], 1)
        left[0] -= done
        return done

    stop = asyncio.Event()
    domain = Domain(name="tests", drains=(Drain("tests.drain", CHANNEL, run),))
    draining = asyncio.create_task(run_drains(cloned_resources, [domain], stop))
    await eventually(lambda: left == [0])
    assert runs >= 3
    left[0] = 5
    await _notify(cloned_resources)
    await eventually(lambda: left == [0])
    stop.set()
    await draining


async def test_a_drain_that_fails_ends_nothing(cloned_resources: Resources) -> None:
    away, asked = [True], 0

    async def run(resources: Resources) -> int:
        nonlocal asked
        asked += 1
        if away[0]:
            raise ConnectionRefusedError
        return 0

    async def broken(resources: Resources) -> int:
        raise ValueError

    stop = asyncio.Event()
    drains = (Drain("tests.away", CHANNEL, run), Drain("tests.broken", "none", broken))
    with capture_logs() as logs:
        draining = asyncio.create_task(
            run_drains(cloned_resources, [Domain(name="tests", drains=drains)], stop)
        )
        await eventually(lambda: len(logs) >= 2 and asked >= 1)
        away[0], before = False, asked
        await eventually(lambda: asked > before)
    logged = {(line["event"], line["drain"]) for line in logs if "drain" in line}
    assert logged == {
        ("drain.postponed", "tests.away"),
        ("drain.failed", "tests.broken"),
    }
    assert not draining.done()
    stop.set()
    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
