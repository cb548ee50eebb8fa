"""Engines, and one session with one transaction for each request.

The transaction is committed before the answer is sent. What must survive an error
(a revoked session, a counted attempt) runs in a transaction of its own, on a second,
small engine, so that a full pool cannot wait for itself.
"""

import selectors
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import asyncpg
from sqlalchemy import CursorResult, Delete, Engine, TextClause, Update, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.engine.interfaces import AdaptedConnection, DBAPIConnection
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.pool import ConnectionPoolEntry

from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.connecting import (
    CONNECT_TIMEOUT_SECONDS,
    DIALECT,
    connect,
)
from unwrapped.core.postgres.disk_space import DiskSpace
from unwrapped.core.postgres.session_settings import SessionSettings

POOL_RECYCLE_SECONDS = 300
PING_AFTER_SECONDS = 1.0
APART_POOL_SIZE = 2
APART_LOCK_TIMEOUT = timedelta(seconds=2)

_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    # The server has ended the connection, and the driver has not noticed yet.
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,
    # Class 53: no disk space, no memory, no connection left.
    asyncpg.InsufficientResourcesError,
    # A standby, or a server that an operator has made read-only.
    asyncpg.ReadOnlySQLTransactionError,
)
MAY_BE_LOST = (DBAPIError, PoolTimeoutError, *_LOST)
"""The classes of errors that `is_lost_connection` distinguishes."""


def is_lost_connection(error: BaseException) -> bool:
    """Whether an error can pass by itself: the server went away, is read-only, or lacks
    disk space, memory or connections."""
    if isinstance(error, DBAPIError):
        cause = error.orig.__cause__ if error.orig is not None else None
        return error.connection_invalidated or isinstance(cause, _LOST)
    return isinstance(error, (*_LOST, PoolTimeoutError))


def is_read_only(error: BaseException) -> bool:
    """Whether the server answers but is read-only."""
    cause = (
        error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else error
    )
    return isinstance(cause, asyncpg.ReadOnlySQLTransactionError)


def is_broken_reference(error: BaseException) -> bool:
    """Whether a row could not be stored because what it refers to is gone."""
    cause = (
        error.orig.__cause__ if isinstance(error, DBAPIError) and error.orig else None
    )
    return isinstance(cause, asyncpg.ForeignKeyViolationError)


_LITTLE_MEMORY = text("SELECT set_config('work_mem', '64kB', true)")
_SPILL = text(
    "SELECT count(*) FROM (SELECT g FROM generate_series(1, 400000) g ORDER BY g DESC) s"
)


class Database:
    """The connections of one process to one database."""

    def __init__(
        self,
        address: DatabaseAddress,
        pool_size: int = 10,
        sessions: SessionSettings = SessionSettings(),
    ) -> None:
        self.address = address
        self.sessions = sessions
        self.engine = _engine(address, sessions, pool_size)
        apart = replace(sessions, longest_lock=APART_LOCK_TIMEOUT)
        self._apart = _engine(address, apart, APART_POOL_SIZE)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._autocommit_sessions = async_sessionmaker(
            self.engine.execution_options(isolation_level="AUTOCOMMIT"),
            expire_on_commit=False,
        )
        self._apart_sessions = async_sessionmaker(self._apart, expire_on_commit=False)
        self.disk_space = DiskSpace(self._look_for_room)
        for engine in (self.engine, self._apart):
            event.listen(engine.sync_engine, "handle_error", self._note_error)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction: committed at the end, rolled back on an error."""
        async with self._sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def session_apart(self) -> AsyncIterator[AsyncSession]:
        """Like `session`, on the second engine: for what an error must not undo."""
        async with self._apart_sessions() as session, session.begin():
            yield session

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[AsyncSession]:
        """A session in which each statement is a transaction: half the round trips."""
        async with self._autocommit_sessions() as session:
            yield session

    @asynccontextmanager
    async def driver(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """The driver's own connection, for statements that run very often.

        Every statement is a transaction, and errors are asyncpg's own.
        """
        async with self.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            driver = raw.driver_connection
            if driver is None:
                raise DisconnectionError
            try:
                yield driver
            except asyncpg.DiskFullError as error:
                self.disk_space.note(error)
                raise

    async def ping(self) -> None:
        """Run a trivial query; raise when the server does not answer."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def _look_for_room(self) -> None:
        """Raise unless a few MiB can be written to a temporary file on the server."""
        async with self.session_apart() as session:
            await session.execute(_LITTLE_MEMORY)
            await session.execute(_SPILL)

    def _note_error(self, context: ExceptionContext) -> None:
        self.disk_space.note(context.original_exception)

    async def dispose(self) -> None:
        """Close all connections."""
        await self.disk_space.close()
        await self.engine.dispose()
        await self._apart.dispose()


async def count_changed(
    session: AsyncSession,
    statement: Delete | Update | TextClause,
    parameters: Mapping[str, object] | None = None,
) -> int:
    """Run a statement that changes rows; return the number of changed rows."""
    result = await session.execute(statement, parameters)
    if not isinstance(result, CursorResult):
        raise TypeError("the statement changes no rows")
    return result.rowcount


def _engine(
    address: DatabaseAddress, sessions: SessionSettings, pool_size: int
) -> AsyncEngine:
    engine = create_async_engine(
        DIALECT,
        async_creator=partial(
            connect, address, server_settings={"application_name": sessions.name}
        ),
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # errors are logged, and must not contain them
        pool_recycle=POOL_RECYCLE_SECONDS,
    )
    set_sessions(engine, sessions)
    _look_before_use(engine.sync_engine)
    return engine


def set_sessions(engine: AsyncEngine, sessions: SessionSettings) -> None:
    """Apply these settings to every new connection of the engine."""
    statement = sessions.statement

    @event.listens_for(engine.sync_engine, "connect")
    def begin(connection: AdaptedConnection, record: ConnectionPoolEntry) -> None:
        connection.run_async(
            lambda driver: driver.execute(statement, timeout=CONNECT_TIMEOUT_SECONDS)
        )


def _look_before_use(engine: Engine) -> None:
    """Make the pool replace a connection that was lost while it was idle.

    `pool_pre_ping` does the same with three round trips for each request. Here a
    connection that was in use a moment ago is only checked for unread data: a server
    that ends a session sends something.
    """

    @event.listens_for(engine, "checkin")
    def note_use(connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def look(
        connection: DBAPIConnection, record: ConnectionPoolEntry, proxy: object
    ) -> None:
        used_at = record.info.get("used_at")
        if used_at is None:  # it has just been opened
            return
        driver: asyncpg.Connection[asyncpg.Record] = connection.driver_connection
        if driver.is_closed() or _has_news(driver):
            raise DisconnectionError
        if time.monotonic() - used_at > PING_AFTER_SECONDS:
            try:
                engine.dialect.do_ping(connection)
            except engine.dialect.loaded_dbapi.Error as error:
                raise DisconnectionError from error


def _has_news(driver: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Whether the server has sent something unread, or has closed the connection.

    The event loop notices at its next iteration, which can be too late for a statement.
    """
    # asyncpg gives no other way to its socket.
    socket = driver._transport.get_extra_info("socket")  # type: ignore[attr-defined]
    with selectors.DefaultSelector() as selector:
        selector.register(socket.fileno(), selectors.EVENT_READ)
        return bool(selector.select(0))
