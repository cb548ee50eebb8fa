"""The connection that migrates a database, and its lock."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.connecting import NO_CONNECTION, connect
from unwrapped.core.postgres.pooler_check import require_sessions

OLDEST_SERVER = 15
OWN_SETTINGS = "SET search_path = public; SET statement_timeout = 0"
"""They replace settings of the role: a migration of large tables takes long."""
# FNV-1 of `atlas_migrate_execute`: Atlas holds this lock while it applies migrations.
LOCK_KEY = 0xA02049D8
_LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)


class MigrationFailed(Unavailable):
    """The server refused a statement; nothing of its transaction was kept."""

    code = "migration_failed"


class MigrationsLocked(Unavailable):
    """Another process has been migrating for too long."""

    code = "migrations_locked"


class DatabaseUnreachable(Unavailable):
    """The database cannot be connected to, or its server is too old."""

    code = "database_unreachable"


@asynccontextmanager
async def connected(address: DatabaseAddress) -> AsyncIterator[asyncpg.Connection]:
    """A connection for migrations; errors of the server become `MigrationFailed`.

    Raises `DatabaseUnreachable` and `NoSessions`.
    """
    try:
        # No statement is prepared by name: a pooler, not ruled out yet, mixes them up.
        connection = await connect(address, statement_cache_size=0)
    except NO_CONNECTION as error:
        raise DatabaseUnreachable(
            f"No connection to the database {address}: {str(error) or 'no answer'}."
        ) from error
    try:
        server = connection.get_server_version().major
        if server < OLDEST_SERVER:
            raise DatabaseUnreachable(
                f"The database is PostgreSQL {server}; {OLDEST_SERVER} or newer is needed."
            )
        await require_sessions(connection, address)
        await connection.execute(OWN_SETTINGS)
        yield connection
    except _LOST as error:
        raise MigrationFailed(f"The database refused: {error}.") from error
    finally:
        await connection.close()


@asynccontextmanager
async def locked(
    connection: asyncpg.Connection, timeout_seconds: float
) -> AsyncIterator[None]:
    """Hold the lock of Atlas; raises `MigrationsLocked` after the timeout."""
    # Polled: CREATE INDEX CONCURRENTLY would wait for a statement that waits for it.
    deadline = time.monotonic() + timeout_seconds
    pause = 0.02
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):
        if time.monotonic() > deadline:
            raise MigrationsLocked(
                "Another process has been migrating the database for"
                f" {timeout_seconds:.0f} seconds."
            )
        await asyncio.sleep(pause)
        pause = min(2 * pause, 0.5)
    yield
    await connection.execute("SELECT pg_advisory_unlock($1)", LOCK_KEY)
