"""Histories in partitions, as docs/partitioning.sql makes them, are the same histories."""

from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.exports import account_row, api_row, as_json, track
from tests.music.factories import (
    Stored,
    import_all,
    imported,
    prepared,
    store,
    stored,
)
from unwrapped.auth.service import UserService
from unwrapped.core.migrations.upgrade import apply_migrations, migration_status
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.period import Period
from unwrapped.music.history.terms import Mark
from unwrapped.music.imports.removals import ImportRemovals
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.music.sources.logs import LogName
from unwrapped.music.store.merge import HistoryMerge
from unwrapped.music.store.models import MARK_CODES

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
    """Count rows or distinct values of `listen`."""
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
    assert [row[-1] for row in sorted(before.listens)] == [1, 0]

    # Known rows stay known, also those without a duration.
    async with database.session() as session:
        books = await store(session, users[0], [[RICHER], [POORER]])
    assert (books.total.known, books.total.stored) == (2, 0)

    # A change of one history changes no other.
    async with database.session() as session:
        await store(session, users[0], [[OTHERWISE]])
    async with database.session() as session:
        richer = ListenFilter(source=LogName.SPOTIFY_EXTENDED, zone=ZoneInfo("UTC"))
        assert await ListenService(session).delete_listens(users[1], richer) == 1
        await UserService(session).delete_user(users[2])
    assert await histories(resources, users[3:]) == [before] * 3
    changed, shorter, gone = await histories(resources, users[:3])
    assert changed.listens != before.listens
    assert [row[-1] for row in shorter.listens] == [0]
    assert not gone.listens
    assert await count(resources, "*") == 9


LONG = track("Ann", "Long", "uri:2", ts="2023-05-01T14:00:00Z", ms_played=10_800_000)
ECHO = track("Bea", "B", "uri:3", ts="2023-05-02T12:00:00Z", ms_played=200_000)
AGAIN = ECHO | {"ts": "2023-05-02T12:00:05Z"}
RENAMED = track("Anna", "A", "uri:1", ts="2023-06-01T12:00:00Z")
WITHIN = api_row("Ann", "Long", "uri:2", "2023-05-01T12:30:00Z")
FILES = {
    "a.json": [RICHER, LONG, ECHO],
    "b.json": [POORER],
    "c.json": [AGAIN, RENAMED, OTHERWISE],
}


async def history_after_changes(resources: Resources, user: int) -> list[Stored]:
    """Return what is stored after each of several imports, a sync and removals."""
    database, states, imports = resources.database, [], []

    async def look() -> None:
        states.extend(await histories(resources, [user]))

    for name, rows in FILES.items():
        imports.append(await imported(resources, user, {name: as_json(rows)}))
        await look()
    async with database.session() as session:
        merge = HistoryMerge(session, user, is_import=False)
        await merge.merge(prepared([[WITHIN]]))
    await look()
    for one in (imports[2], imports[0]):
        async with database.session() as session:
            await ImportRemovals(session).delete(user, one)
        await look()
    await imported(resources, user, {"c.json": as_json(FILES["c.json"])})
    day = ListenFilter(
        period=Period.parse("2023-05-02..2023-06-30"), zone=ZoneInfo("UTC")
    )
    async with database.session() as session:
        await ListenService(session).delete_listens(user, day)
    await look()
    return states


async def test_merges_marks_and_removals_are_the_same_in_partitions(
    cloned_resources: Resources,
) -> None:
    one, other = [(await sign_in(cloned_resources)).id for _ in range(2)]
    expected = await history_after_changes(cloned_resources, one)
    marks = {row[-1] for state in expected for row in state.listens}
    assert marks == {0, *(MARK_CODES[mark] for mark in (Mark.RICHER_SOURCE, Mark.ECHO))}
    await partition(cloned_resources)
    assert await history_after_changes(cloned_resources, other) == expected
    assert await histories(cloned_resources, [one]) == expected[-1:]


async def test_the_tables_differ_in_nothing_but_partitions(
    cloned_resources: Resources,
) -> None:
    """They are nothing to the migrations, either."""
    before = await indexes(cloned_resources)
    await partition(cloned_resources)
    assert await indexes(cloned_resources) == before
    address = cloned_resources.database.address
    assert not (await migration_status(address)).pending
    assert not await apply_migrations(address)


async def indexes(resources: Resources) -> set[str]:
    """How the indexes and constraints of `listen` are made."""
    async with resources.database.session() as session:
        found = await session.scalars(
            text(
                "SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ')"
                " FROM pg_index WHERE indrelid = 'listen'::regclass"
                " UNION SELECT conname || pg_get_constraintdef(oid)"
                " FROM pg_constraint WHERE conrelid = 'listen'::regclass"
            )
        )
        return set(found)
