"""The glue to PgQueuer: its names in our database, and enqueueing inside a session."""

import asyncio
from datetime import timedelta
from typing import Self
from uuid import UUID

import structlog
from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.core.tm import TaskManager
from pgqueuer.db import Driver
from pgqueuer.domain.settings import DBSettings
from pgqueuer.models import Job, TracebackRecord
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.queries import Queries
from pgqueuer.types import JOB_STATUS
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import is_lost_connection
from unwrapped.core.resources import Resources
from unwrapped.tasks.models import ACTIVE

SCHEMA = "pgq"
SETTINGS = DBSettings(db_schema=SCHEMA)

log = structlog.get_logger()


type Entry = tuple[Job, JOB_STATUS, TracebackRecord | None]


class _Queries(Queries):
    """PgQueuer's statements, which here leave the jobs of others alone.

    PgQueuer ends a job by its id, whoever has it by now: a stale attempt would delete
    the job of the worker that took its task over, and that one may die yet.
    """

    async def log_jobs(self, job_status: list[Entry]) -> None:
        ours = await self._still_ours([job for job, _, _ in job_status])
        if kept := [entry for entry in job_status if entry[0].id in ours]:
            await super().log_jobs(kept)

    async def retry_job(
        self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        """In an outage the job stays as it is, as if we had died.

        PgQueuer would note that it failed, and delete it once the database is back.
        Left alone its heartbeat stops, and a worker takes it up again.
        """
        try:
            if job.id in await self._still_ours([job]):
                await super().retry_job(job, delay, traceback_record)
        except Exception as error:
            # An outage comes as many classes; every other error passes on.
            if not is_lost_connection(error):
                raise
            log.warning("task.left", job=job.id, error=type(error).__name__)

    async def _still_ours(self, jobs: list[Job]) -> set[object]:
        found = await self.driver.fetch(
            f"SELECT id FROM {SCHEMA}.{SETTINGS.queue_table}"  # noqa: S608 - our names
            " WHERE (id, queue_manager_id) IN"
            " (SELECT * FROM unnest($1::bigint[], $2::uuid[]))",
            [job.id for job in jobs],
            [job.queue_manager_id for job in jobs],
        )
        return {row["id"] for row in found}


def queries(driver: Driver) -> Queries:
    """PgQueuer's statements, on the tables in our schema of its own."""
    return _Queries(
        driver,
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )


class SessionDriver(Driver):
    """Runs PgQueuer's statements in the transaction of a session.

    Through `session.connection()`, never through the driver's own connection: SQLAlchemy
    opens its transaction with the first statement that it sees.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._shutdown = asyncio.Event()

    async def fetch(self, query: str, *args: object) -> list[dict[str, object]]:
        connection = await self._session.connection()
        found = await connection.exec_driver_sql(query, args)
        return [dict(row) for row in found.mappings()]

    async def execute(self, query: str, *args: object) -> str:
        connection = await self._session.connection()
        await connection.exec_driver_sql(query, args)
        return ""

    async def notify(self, channel: str, payload: str) -> None:
        await self.execute("SELECT pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        raise NotImplementedError("A session cannot listen.")

    @property
    def shutdown(self) -> asyncio.Event:
        return self._shutdown

    @property
    def tm(self) -> TaskManager:
        return TaskManager()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        return None


async def enqueue(session: AsyncSession, kind: str, task_id: UUID) -> None:
    """Put a task into the queue, as part of the session's transaction."""
    await queries(SessionDriver(session)).enqueue(
        kind, task_id.bytes, dedupe_key=str(task_id), on_conflict="skip"
    )


LOST = f"""SELECT id, kind FROM background_task WHERE {ACTIVE} AND NOT EXISTS
    (SELECT FROM {SCHEMA}.{SETTINGS.queue_table} WHERE dedupe_key = background_task.id::text)"""  # noqa: S608 - our names


async def requeue_lost(resources: Resources) -> int:
    """Give a job to active tasks that have none, however they came to lose it."""
    async with resources.database.session() as session:
        lost = (await session.execute(text(LOST))).all()
        for task_id, kind in lost:
            await enqueue(session, kind, task_id)
    return len(lost)
