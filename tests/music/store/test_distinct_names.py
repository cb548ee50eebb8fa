"""An import whose every row is another track reads its dictionaries a few times.

Also where the planner knows them as empty, as after the removal of a history.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.exports import track
from tests.music.factories import File, prepared, store_prepared
from unwrapped.core.database import Database
from unwrapped.core.process_resources import Resources

ROWS = 1_000
TIMES = 20
SOON = 60.0
TABLES = ("artist", "track", "recording", "spelling")

# What ANALYZE stores for a table whose rows are all dead.
_KNOWN_AS_EMPTY = text(
    "UPDATE pg_class SET reltuples = 0, relpages = 1 WHERE relname = ANY(:tables)"
)
_ROWS_READ = text("""SELECT relname, seq_tup_read + idx_tup_fetch
    FROM pg_stat_xact_user_tables WHERE relname = ANY(:tables)""")
_VACUUM = "LOCK TABLE recording IN SHARE UPDATE EXCLUSIVE MODE"


def _distinct(count: int) -> File:
    start = datetime(2023, 5, 1, tzinfo=UTC)
    return [
        track(
            f"Artist {n}",
            f"Song {n}",
            f"uri:{n}",
            ts=f"{start + timedelta(minutes=4 * n):%Y-%m-%dT%H:%M:%SZ}",
        )
        for n in range(count)
    ]


@pytest.fixture
async def emptied(cloned_resources: Resources) -> tuple[Database, int]:
    """A database whose dictionaries had rows once, and a listener."""
    user = await sign_in(cloned_resources)
    async with cloned_resources.database.session() as session:
        await session.execute(_KNOWN_AS_EMPTY, {"tables": list(TABLES)})
    return cloned_resources.database, user.id


async def test_each_row_is_read_a_few_times(emptied: tuple[Database, int]) -> None:
    database, user_id = emptied
    async with database.session() as session:
        await store_prepared(session, user_id, prepared([_distinct(ROWS)]))
        found = await session.execute(_ROWS_READ, {"tables": list(TABLES)})
        read = {row[0]: row[1] for row in found}
    assert set(read) == set(TABLES)
    assert max(read.values()) < TIMES * ROWS, read


async def test_a_table_that_is_locked_by_others_is_not_analysed(
    emptied: tuple[Database, int],
) -> None:
    database, user_id = emptied
    upload = prepared([_distinct(ROWS)])
    async with asyncio.timeout(SOON), database.session() as other:
        await other.execute(text(_VACUUM))
        async with database.session() as session:
            books = await store_prepared(session, user_id, upload)
    assert books.total.stored == ROWS
