"""Checks that a pooler between this process and the server keeps sessions.

LISTEN, the lock of migrations, settings and prepared statements belong to a session.
Behind a pooler that lends a connection for one transaction, these are lost without an
error.
"""

import asyncpg

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.connecting import connect

ROUNDS = 5
"""Several: in one round, other clients of a busy pooler can hide what it does."""


class NoSessions(Unavailable):
    """A pooler lends the connections to the database for less than a session."""

    code = "pooled_by_transaction"

    def __init__(self) -> None:
        super().__init__(
            "The pooler in front of the database lends its connections for one"
            " transaction; what is needed here (LISTEN, locks, settings) lasts for a"
            " session. Set `pool_mode = session` in PgBouncer, for this database at"
            " least, or name the server itself in DATABASE_URL."
        )


async def require_sessions(
    connection: asyncpg.Connection, address: DatabaseAddress
) -> None:
    """Raise `NoSessions` unless a connection keeps its session while it is open.

    The connection, to that address, must not prepare statements by name.
    """
    # A pooler gives its clients process ids that it makes up.
    if await _session_of(connection) != connection.get_server_pid():
        await _look_for_strangers(connection, address)


async def _look_for_strangers(
    connection: asyncpg.Connection, address: DatabaseAddress
) -> None:
    other = await connect(address, statement_cache_size=0)
    try:
        for _ in range(ROUNDS):
            before = await _session_of(connection)
            async with other.transaction():
                theirs = await other.fetchval("SELECT pg_backend_pid()")
                after = await _session_of(connection)
            if before != after or theirs == before:
                raise NoSessions
    finally:
        await other.close()


async def _session_of(connection: asyncpg.Connection) -> int:
    """The server process that serves a connection now; role timeouts do not apply."""
    async with connection.transaction():
        await connection.execute("SET LOCAL statement_timeout = 0")
        return int(await connection.fetchval("SELECT pg_backend_pid()"))
