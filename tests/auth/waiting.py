"""Waiting until another session waits for a lock: makes races deterministic."""

import asyncpg

from tests.waiting import eventually

SOON = 20.0

_WAITING = """SELECT count(*) FROM pg_locks JOIN pg_database AS own ON own.oid = database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()"""


async def until_waiting(connection: asyncpg.Connection) -> None:
    """Wait until somebody waits for an advisory lock in this database."""

    async def is_waited() -> bool:
        return bool(await connection.fetchval(_WAITING))

    await eventually(is_waited, SOON)


async def take_lock(connection: asyncpg.Connection, name: str) -> None:
    """Take an advisory lock of that name, until the transaction ends."""
    lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
    await connection.execute(lock, name)
