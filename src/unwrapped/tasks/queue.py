"""Adapters to PgQueuer: its names in the database, and enqueueing inside a session."""

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
from pgqueuer.domain.types import JobId
from pgqueuer.models import Job, TracebackRecord
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.queries import Queries
from pgqueuer.types import JOB_STATUS
from sqlalchemy import Integer, bindparam, func, text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import count_changed, is_lost_connection
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.models import ACTIVE, TASKS

SCHEMA = "pgq"
SETTINGS = DBSettings(db_schema=SCHEMA)
LOG_KEPT = timedelta(days=1)

log = structlog.get_logger()


type Entry = tuple[Job, JOB_STATUS, TracebackRecord | None]


_TABLE = f"{SCHEMA}.{SETTINGS.queue_table}"
_END = f"""DELETE FROM {_TABLE} WHERE (id, queue_manager_id) IN
    (SELECT * FROM unnest($1::bigint[], $2::uuid[]))"""  # noqa: S608 - our names
_BEAT = f"""UPDATE {_TABLE} SET heartbeat = now()
    WHERE id = ANY($1::bigint[]) AND queue_manager_id = $2"""  # noqa: S608 - our names
_PUT_BACK = f"""UPDATE {_TABLE} SET status = 'queued', queue_manager_id = NULL, slot = NULL,
    attempts = attempts + 1, updated = now(), execute_after = now() + $3::interval
    WHERE id = $1 AND queue_manager_id = $2"""  # noqa: S608 - our names


class TaskQueries(Queries):
    """PgQueuer's statements, restricted to the jobs of this manager.

    PgQueuer ends a job by its id, even if another worker has it now: a stale attempt would
    delete the job of the worker that took its task over, and that worker may still die.
    How a job ended is not logged: the task's row and the service's log have more.
    """

    manager_id: UUID | None = None
    """The manager whose jobs get heartbeats: a stale one must not keep alive the job of
    a worker that took it over and died.
    """

    async def update_heartbeat(self, job_ids: list[JobId]) -> None:
        await self.driver.execute(_BEAT, job_ids, self.manager_id)

    async def log_jobs(self, job_status: list[Entry]) -> None:
        jobs = [job for job, _, _ in job_status]
        managers = [job.queue_manager_id for job in jobs]
        await self.driver.execute(_END, [job.id for job in jobs], managers)

    async def retry_job(
        self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        """Put a job back into the queue. If that fails, leave it as it is.

        PgQueuer would mark the job as failed, and delete it once the database is back.
        A job that is left gets no heartbeats, so a worker takes it again.
        """
        try:
            await self.driver.execute(_PUT_BACK, job.id, job.queue_manager_id, delay)
        except Exception as error:
            # The job must survive any error. An outage raises many classes.
            if is_disk_full(error):  # logged by `DiskSpace`
                return
            if is_lost_connection(error):
                log.warning("task.left", job=job.id, error=type(error).__name__)
            else:
                log.exception("task.left", job=job.id)


def queries(driver: Driver) -> TaskQueries:
    """PgQueuer's statements, for its tables in a separate schema."""
    return TaskQueries(
        driver,
        qbe=QueryBuilderEnvironment(SETTINGS),
        qbq=QueryQueueBuilder(SETTINGS),
        qbs=QuerySchedulerBuilder(SETTINGS),
    )


class SessionDriver(Driver):
    """Runs PgQueuer's statements in the transaction of a session.

    It uses `session.connection()`, never the driver's connection: SQLAlchemy opens its
    transaction with the first statement that it executes.
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


PLACE = func.place_task(
    TASKS.c.user_id, TASKS.c.id, bindparam("most", type_=Integer)
).label("place")
"""The queue position of a task that a statement activates; None when its person has
more than `most` active tasks. The person's tasks of a lower priority move behind it.
"""


async def enqueue(
    session: AsyncSession,
    kind: str,
    task_id: UUID,
    place: int,
    delay: timedelta | None = None,
    *,
    version: int = 1,
) -> None:
    """Put a task into the queue, as part of the session's transaction.

    Workers take the jobs of all people and kinds in the order of their positions:
    everybody's first task before anybody's second. Each `version` of the row can have a
    job, since an earlier job may exist a moment longer.
    """
    await queries(SessionDriver(session)).enqueue(
        kind,
        task_id.bytes,
        priority=-place,
        execute_after=delay,
        dedupe_key=f"{task_id}/{version}",
        on_conflict="skip",
    )


_LOST = f"""SELECT id, user_id, kind, version, next_attempt_at - now() AS delay
    FROM background_task AS task WHERE {ACTIVE} AND NOT EXISTS
    (SELECT FROM {_TABLE} WHERE payload = uuid_send(task.id))
    ORDER BY user_id, created_at, id"""  # noqa: S608 - our names
_PLACE_OF_ONE = text("SELECT place_task(:user_id, :task_id, NULL)")


async def requeue_lost(resources: Resources) -> int:
    """Enqueue active tasks that have lost their job in any way; return their number."""
    async with resources.database.session() as session:
        lost = (await session.execute(text(_LOST))).all()
        for task in lost:
            named = {"user_id": task.user_id, "task_id": task.id}
            place = await session.scalar(_PLACE_OF_ONE, named)
            delay = max(task.delay, timedelta()) if task.delay is not None else None
            await enqueue(
                session, task.kind, task.id, place, delay, version=task.version
            )
    return len(lost)


_HURRY = f"""UPDATE {_TABLE} SET execute_after = now()
    WHERE payload = :payload AND status = 'queued'"""  # noqa: S608 - our names


async def hurry(session: AsyncSession, task_id: UUID) -> None:
    """Make the job of a task due now, whatever its delay was."""
    await session.execute(text(_HURRY), {"payload": task_id.bytes})


_FORGET = f"""DELETE FROM {SCHEMA}.{SETTINGS.queue_table_log}
    WHERE created < now() - CAST(:age AS interval)"""  # noqa: S608 - our names


async def forget_queue_log(resources: Resources) -> int:
    """Delete PgQueuer's log of old jobs, two rows each; return the number of rows."""
    async with resources.database.session() as session:
        return await count_changed(session, text(_FORGET), {"age": LOG_KEPT})
