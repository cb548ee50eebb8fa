"""The glue to PgQueuer: its names in our database, and enqueueing inside a session."""

import asyncio
from typing import Self
from uuid import UUID

from pgqueuer.adapters.persistence.qb import (
    QueryBuilderEnvironment,
    QueryQueueBuilder,
    QuerySchedulerBuilder,
)
from pgqueuer.core.tm import TaskManager
from pgqueuer.db import Driver
from pgqueuer.domain.settings import DBSettings
from pgqueuer.ports.driver import NotifyCallback
from pgqueuer.queries import Queries
from sqlalchemy.ext.asyncio import AsyncSession

SCHEMA = "pgq"
SETTINGS = DBSettings(db_schema=SCHEMA)


def queries(driver: Driver) -> Queries:
    """PgQueuer's statements, on the tables in our schema of its own."""
    return Queries(
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
