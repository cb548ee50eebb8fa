"""A snapshot exists as long as somebody reads it, and not forever."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import text

from unwrapped.core.database import MAY_BE_LOST, is_lost_connection
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.snapshots import open_snapshot
from unwrapped.core.process_resources import Resources

SOON = 20.0
LONG, SHORT = timedelta(hours=1), timedelta(seconds=1)

_OPEN = text(
    "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'unwrapped export'"
    " AND datname = current_database()"
)


async def test_a_snapshot_joins_by_hash_and_has_a_limit(clone: DatabaseAddress) -> None:
    async with open_snapshot(clone, LONG) as snapshot:
        for name, value in {
            "statement_timeout": "1h",
            "enable_nestloop": "off",
            "transaction_read_only": "on",
            "transaction_isolation": "repeatable read",
        }.items():
            assert await snapshot.scalar(text(f"SHOW {name}")) == value


async def test_a_client_that_reads_too_slowly_loses_the_snapshot(
    cloned_resources: Resources,
) -> None:
    database = cloned_resources.database

    seen: list[int | None] = []

    async def read() -> None:
        async with open_snapshot(database.address, SHORT) as snapshot:
            await snapshot.execute(text("SELECT 1"))
            async with asyncio.timeout(SOON), database.autocommit() as session:
                while await session.scalar(_OPEN):  # noqa: ASYNC110 - of the server
                    await asyncio.sleep(0.01)
                seen.append(await session.scalar(_OPEN))
            await snapshot.execute(text("SELECT 1"))

    with pytest.raises(MAY_BE_LOST) as lost:
        await read()
    assert is_lost_connection(lost.value)
    assert seen == [0]  # a count was read before the connection was cut


async def test_a_snapshot_that_was_read_in_time_is_closed_once(
    cloned_resources: Resources,
) -> None:
    database = cloned_resources.database
    async with open_snapshot(database.address, SHORT) as snapshot:
        await snapshot.close()
        await asyncio.sleep(1.1 * SHORT.total_seconds())
    async with database.autocommit() as session:
        assert await session.scalar(_OPEN) == 0
