"""Histories in partitions, as docs/partitioning.sql makes them, are the same histories."""

from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.exports import account_row, track
from tests.music.factories import Stored, import_all, store, stored
from unwrapped.auth.service import UserService
from unwrapped.core.migrations.upgrade import apply_migrations, migration_status
from unwrapped.core.resources import Resources
from unwrapped.music.listens.service import ListenFilter, ListenService
from unwrapped.music.sources.logs import LogName

SCRIPT = Path(__file__).parents[2] / "docs" / "partitioning.sql"
RICHER = track("Ann", "A", "uri:1", ts="2023-05-01T12:00:30Z", skipped=True)
OTHERWISE = RICHER | {"skipped": False}
POORER = account_row(
    endTime="2023-05-01 12:00", artistName="Ann", trackName="A", msPlayed=None
)


async def partition(resources: Resources) -> None:
    """Run the script, as psql would."""
    connection = await asyncpg.connect(resources.database.address.for_asyncpg())
    try:
        await connection.execute(SCRIPT.read_text(encoding="utf-8"))
    finally:
        await connection.close()


async def histories(resources: Resources, users: list[int]) -> list[Stored]:
    """What is stored of each listener."""
    async with resources.database.session() as session:
        return [await stored(session, user) for user in users]


async def count(resources: Resources, what: str) -> int:
    """How many there are of something in `listen`."""
    async with resources.database.session() as session:
        return await session.scalar(text(f"SELECT count({what}) FROM listen")) or 0  # noqa: S608 - the test's own


async def test_listeners_in_partitions_stay_apart(cloned_resources: Resources) -> None:
    resources, database = cloned_resources, cloned_resources.database
    users = [(await sign_in(resources)).id for _ in range(6)]
    for user in users[:3]:
        await import_all(database, user, [[[RICHER]], [[POORER]]])
    before = (await histories(resources, users))[0]
    await partition(resources)
    for user in users[3:]:
        await import_all(database, user, [[[RICHER]], [[POORER]]])
    # Rows of several listeners have the same place, each in a partition of its own.
    assert await count(resources, "DISTINCT ctid") < await count(resources, "*")
    assert await histories(resources, users) == [before] * 6

    # What is known stays so, also where the duration is not known.
    async with database.session() as session:
        books = await store(session, users[0], [[RICHER], [POORER]])
    assert (books.total.known, books.total.stored) == (2, 0)

    # What changes in one history changes in no other.
    async with database.session() as session:
        await store(session, users[0], [[OTHERWISE]])
    async with database.session() as session:
        richer = ListenFilter(source=LogName.SPOTIFY_EXTENDED, zone=ZoneInfo("UTC"))
        assert await ListenService(session).delete_listens(users[1], richer) == 1
        await UserService(session).delete_user(users[2])
    assert await histories(resources, users[3:]) == [before] * 3
    changed, shorter, gone = await histories(resources, users[:3])
    assert changed.listens != before.listens
    assert [row[-1] for row in shorter.listens] == [False]
    assert not gone.listens
    assert await count(resources, "*") == 9


async def test_partitions_are_nothing_to_the_migrations(
    cloned_resources: Resources,
) -> None:
    await partition(cloned_resources)
    address = cloned_resources.database.address
    assert not (await migration_status(address)).pending
    assert not await apply_migrations(address)
