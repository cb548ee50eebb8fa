"""Periodic jobs of the domains: once for each tick, with any number of workers."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta

import structlog
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import SQLModel

from unwrapped.core.database import is_lost_connection
from unwrapped.core.domain import Domain, PeriodicJob
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.models import PeriodicTick

LOOK = timedelta(seconds=15)

_TICKS = SQLModel.metadata.tables[str(PeriodicTick.__tablename__)]

log = structlog.get_logger()


async def run_periodic_jobs(
    resources: Resources, domains: Iterable[Domain], stop: asyncio.Event
) -> None:
    """Run each job whenever it is due, until `stop` is set."""
    jobs = [job for domain in domains for job in domain.periodic_jobs]
    while not stop.is_set():
        for job in jobs:
            await run_if_due(resources, job)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), LOOK.total_seconds())


async def run_if_due(resources: Resources, job: PeriodicJob) -> bool:
    """Run a job if it is due and no other worker has taken this tick.

    A tick is taken before the job runs, by the clock of the database: after a failure or
    the death of a worker the job waits for the next tick.
    """
    try:
        if not await _take_tick(resources, job):
            return False
        done = await job.run(resources)
    except Exception as error:
        # Part of the worker's supervisor: a job that fails must not end it.
        if is_disk_full(error):  # logged by `DiskSpace`
            return False
        if is_lost_connection(error):
            log.warning("periodic.postponed", job=job.name, error=type(error).__name__)
        else:
            log.exception("periodic.failed", job=job.name)
        return False
    if done:
        log.info("periodic.done", job=job.name, count=done)
    return True


async def _take_tick(resources: Resources, job: PeriodicJob) -> bool:
    due_at = func.now() + job.every
    take = (
        insert(_TICKS)
        .values(name=job.name, due_at=due_at)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"due_at": due_at, "updated_at": func.now()},
            # False as soon as another worker has taken the tick.
            where=_TICKS.c.due_at <= func.now(),
        )
        .returning(_TICKS.c.name)
    )
    async with resources.database.session_apart() as session:
        return await session.scalar(take) is not None
