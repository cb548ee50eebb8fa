"""After an import, the planner's statistics list the listener."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.exports import Row, as_json, extended_row
from tests.music.factories import imported
from unwrapped.core.database import Database
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.music.store.planner_statistics import FEWEST_ROWS, note_import

TABLES = ("listen", "recording", "spelling")
SOON = 20.0


def _rows(count: int) -> list[Row]:
    start = datetime(2023, 5, 1, tzinfo=UTC)
    return [
        extended_row(
            ts=f"{start + timedelta(minutes=n):%Y-%m-%dT%H:%M:%SZ}",
            spotify_track_uri=f"uri:{n % 50}",
        )
        for n in range(count)
    ]


async def _known(database: Database, table: str) -> set[str]:
    """The listeners with the most rows in the planner's statistics."""
    async with database.autocommit() as session:
        values = await session.scalar(
            text(
                "SELECT most_common_vals::text::text[] FROM pg_stats"
                " WHERE tablename = :table AND attname = 'user_id'"
            ),
            {"table": table},
        )
    return set(values or ())


@pytest.fixture
async def users(cloned_resources: Resources) -> list[int]:
    return [(await sign_in(cloned_resources)).id for _ in range(2)]


async def test_statistics_know_a_second_listener_after_their_import(
    cloned_resources: Resources, users: list[int]
) -> None:
    sent = {"a.json": as_json(_rows(FEWEST_ROWS))}
    for user_id in users:
        await imported(cloned_resources, user_id, sent)
    for table in TABLES:
        known = await _known(cloned_resources.database, table)
        assert known == {str(user_id) for user_id in users}, table


async def test_a_few_listens_are_left_to_autovacuum(
    cloned_resources: Resources, users: list[int]
) -> None:
    sent = {"a.json": as_json(_rows(FEWEST_ROWS - 1))}
    await imported(cloned_resources, users[0], sent)
    assert await _known(cloned_resources.database, "listen") == set()


async def test_a_small_part_of_a_large_table_is_left_to_autovacuum(
    cloned_resources: Resources, users: list[int]
) -> None:
    database = cloned_resources.database
    async with database.session() as session:
        await session.execute(
            text("UPDATE pg_class SET reltuples = 1e6 WHERE relname = 'listen'")
        )
    sent = {"a.json": as_json(_rows(FEWEST_ROWS))}
    await imported(cloned_resources, users[0], sent)
    assert await _known(database, "listen") == set()
    await note_import(database, 10_000)
    assert await _known(database, "listen") == {str(users[0])}


async def test_locked_tables_are_skipped(
    cloned_resources: Resources, users: list[int]
) -> None:
    database = cloned_resources.database
    sent = {"a.json": as_json(_rows(FEWEST_ROWS))}
    async with asyncio.timeout(SOON), database.session() as vacuuming:
        await vacuuming.execute(
            text("LOCK TABLE listen IN SHARE UPDATE EXCLUSIVE MODE")
        )
        await imported(cloned_resources, users[0], sent)
    assert await _known(database, "listen") == set()
    assert await _known(database, "recording") == {str(users[0])}


async def test_a_lost_connection_does_not_undo_the_import() -> None:
    nowhere = Database(DatabaseAddress.parse("postgresql://nobody@127.0.0.1:1/none"))
    await note_import(nowhere, FEWEST_ROWS)
    await nowhere.dispose()
