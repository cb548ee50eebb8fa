"""What the domains want tidied from time to time, done by the workers."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import text

from unwrapped.core.domain import Domain, Sweep
from unwrapped.core.resources import Resources

TICK = timedelta(seconds=30)

log = structlog.get_logger()


async def run_sweeps(
    resources: Resources, domains: Iterable[Domain], stop: asyncio.Event
) -> None:
    """Run every sweep at once, and again whenever it is due, until `stop` is set."""
    sweeps = [sweep for domain in domains for sweep in domain.sweeps]
    loop = asyncio.get_running_loop()
    due = dict.fromkeys(sweeps, loop.time())
    while not stop.is_set():
        for sweep in sweeps:
            if due[sweep] <= loop.time():
                await sweep_once(resources, sweep)
                due[sweep] = loop.time() + sweep.every.total_seconds()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), TICK.total_seconds())


async def sweep_once(resources: Resources, sweep: Sweep) -> None:
    """Run a sweep, unless another worker is at it; an error waits for the next time."""
    try:
        async with resources.database.session_apart() as session:
            mine = await session.scalar(
                text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))"),
                {"name": f"unwrapped.sweep.{sweep.name}"},
            )
            swept = await sweep.run(resources) if mine else 0
    except Exception:
        # Part of the worker's supervisor: tidying must not end it.
        log.exception("sweep.failed", sweep=sweep.name)
        return
    if swept:
        log.info("sweep.done", sweep=sweep.name, swept=swept)
