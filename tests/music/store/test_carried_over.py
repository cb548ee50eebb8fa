"""A history that was stored by logged times is converted to starts."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from tests.auth.factories import make_user
from tests.databases import cloned
from tests.exports import Row, account_row, api_row, as_json, track
from tests.music.factories import (
    File,
    Stored,
    comparable,
    import_all,
    imported,
    store,
    stored,
)
from tests.tools.directories import hash_files
from unwrapped.core.migrations.directory import released_migrations
from unwrapped.core.migrations.upgrade import apply_migrations
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.music.imports.removals import ImportHasNoRecords, ImportRemovals
from unwrapped.music.store.history_snapshot import read_listens

MIGRATION = "20261130090000_history.sql"

ONE, OTHER = 101, 102
"""Two listeners who have the same history."""

IMPORT = UUID("00000000-0000-4000-8000-000000000101")

PARTITIONED = """
ALTER TABLE listen RENAME TO listen_unpartitioned;
CREATE TABLE listen (LIKE listen_unpartitioned INCLUDING ALL EXCLUDING INDEXES)
    PARTITION BY HASH (user_id);
CREATE TABLE listen_00 PARTITION OF listen FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE listen_01 PARTITION OF listen FOR VALUES WITH (MODULUS 2, REMAINDER 1);
DROP TABLE listen_unpartitioned;
ALTER TABLE listen ADD CONSTRAINT uq_listen_exact_key
    UNIQUE NULLS NOT DISTINCT (user_id, logged_at, recording_id, source, ms_played);
"""
"""As docs/partitioning.sql was, with fewer partitions."""

FILLED = """
INSERT INTO "user" (id, username, username_key, display_name, time_zone)
VALUES ({user}, 'user {user}', 'user {user}', 'Ann', 'UTC');
INSERT INTO history_import (id, user_id, books)
VALUES ('00000000-0000-4000-8000-000000000{user}', {user}, '{{"total": {{"rows_read": 0,
    "stored": 0, "known": 0, "set_aside": {{}}, "shadowed": 0}}, "files": [], "skipped": []}}');
INSERT INTO artist (user_id, id, key, name) VALUES
    ({user}, 1, 'ann', 'Ann'), ({user}, 2, 'bea', 'BEA'), ({user}, 3, 'new', 'New'),
    ({user}, 4, 'dee', 'DEE'), ({user}, 5, 'cy', 'Cy'), ({user}, 6, 'eve', 'Eve');
INSERT INTO track (user_id, id, artist_id, key, title) VALUES
    ({user}, 1, 1, 'a', 'A'), ({user}, 2, 1, 'long', 'Long'), ({user}, 3, 2, 'b', 'b'),
    ({user}, 4, 3, 'c', 'C'), ({user}, 5, 4, 'd', 'D'), ({user}, 6, 5, 'own', 'Own'),
    ({user}, 7, 6, 'e', 'E');
INSERT INTO recording (user_id, id, identity, track_id, album) VALUES
    ({user}, 1, 'uri:a', 1, 'LP'), ({user}, 2, 'uri:long', 2, 'LP'),
    ({user}, 3, 'bea' || chr(31) || 'b', 3, 'Second'), ({user}, 4, 'uri:c', 4, 'Y'),
    ({user}, 5, 'uri:d', 5, 'Z'), ({user}, 6, 'cy' || chr(31) || 'own', 6, NULL),
    ({user}, 7, 'uri:e', 7, 'Ep'), ({user}, 8, 'ann' || chr(31) || 'a', 1, NULL);
INSERT INTO spelling (user_id, recording_id, id, artist, title, album,
    artist_key, title_key, album_key, last_logged) VALUES
    ({user}, 1, 1, 'Ann', 'A', 'LP', 'ann', 'a', 'lp', '2023-06-01 09:00:00.123Z'),
    ({user}, 2, 1, 'Ann', 'Long', 'LP', 'ann', 'long', 'lp', '2023-05-01 13:00:00Z'),
    ({user}, 3, 1, 'Bea', 'B', 'First', 'bea', 'b', 'first', '2023-05-02 10:00:00Z'),
    ({user}, 3, 2, 'BEA', 'b', 'Second', 'bea', 'b', 'second', '2023-05-03 10:00:00Z'),
    ({user}, 4, 1, 'Old', 'C', NULL, 'old', 'c', NULL, '2023-05-05 10:10:00Z'),
    ({user}, 4, 2, 'New', 'C', 'Y', 'new', 'c', 'y', '2023-05-05 10:11:00Z'),
    ({user}, 5, 1, 'Dee', 'D', 'Z', 'dee', 'd', 'z', '2023-05-06 10:00:00Z'),
    ({user}, 5, 2, 'DEE', 'D', 'Z', 'dee', 'd', 'z', '2023-05-06 10:00:00Z'),
    ({user}, 6, 1, 'Cy', 'Own', NULL, 'cy', 'own', NULL, '2023-05-01 12:30:00Z'),
    ({user}, 7, 1, 'Eve', 'E', 'Ep', 'eve', 'e', 'ep', '2023-05-07 10:00:10Z'),
    ({user}, 8, 1, 'Ann', 'A', NULL, 'ann', 'a', NULL, '2023-05-01 10:00:00Z');
INSERT INTO end_reason (user_id, id, reason) VALUES
    ({user}, 1, 'trackdone'), ({user}, 2, 'logout');
INSERT INTO listen (user_id, source, logged_at, recording_id, spelling_id, ms_played,
    end_reason_id, skipped, shuffle, shadowed) VALUES
    ({user}, 1, '2023-05-01 10:00:30Z', 1, 1, 30500, 1, false, true, false),
    ({user}, 1, '2023-05-01 13:00:00Z', 2, 1, 10800000, 2, false, false, false),
    ({user}, 1, '2023-05-02 10:00:00Z', 3, 1, 60000, 1, false, false, false),
    ({user}, 1, '2023-05-03 10:00:00Z', 3, 2, 60000, 1, false, false, false),
    ({user}, 1, '2023-05-04 10:00:00Z', 1, 1, NULL, NULL, NULL, NULL, false),
    ({user}, 1, '2023-05-05 10:10:00Z', 4, 1, 60000, 1, false, false, false),
    ({user}, 1, '2023-05-05 10:11:00Z', 4, 2, 600000, 1, false, false, false),
    ({user}, 1, '2023-05-06 10:00:00Z', 5, 1, 60000, 1, false, false, false),
    ({user}, 1, '2023-05-07 10:00:00Z', 7, 1, 200000, 1, false, false, false),
    ({user}, 1, '2023-05-07 10:00:10Z', 7, 1, 200000, 1, false, false, false),
    ({user}, 2, '2023-05-01 10:00:00Z', 8, 1, 30000, NULL, NULL, NULL, true),
    ({user}, 2, '2023-05-01 12:00:00Z', 6, 1, 45000, NULL, NULL, NULL, false),
    ({user}, 2, '2023-05-01 12:30:00Z', 6, 1, NULL, NULL, NULL, NULL, false),
    ({user}, 3, '2023-05-01 10:00:05Z', 2, 1, NULL, NULL, NULL, NULL, false),
    ({user}, 3, '2023-05-01 10:00:31.25Z', 1, 1, NULL, NULL, NULL, NULL, true),
    ({user}, 3, '2023-06-01 09:00:00.123Z', 1, 1, NULL, NULL, NULL, NULL, false);
INSERT INTO also_spelled (user_id, source, logged_at, recording_id, spelling_id, ms_played)
VALUES ({user}, 1, '2023-05-06 10:00:00Z', 5, 2, 60000);
"""
"""What the version before stored of `FILES`."""


def _played(
    ts: str, artist: str, title: str, uri: str | None, album: str | None, **over: object
) -> Row:
    return track(
        artist, title, uri, ts=ts, master_metadata_album_album_name=album, **over
    )


def _synced(played_at: str, title: str, uri: str) -> Row:
    album = {"name": "LP", "artists": []}
    return api_row("Ann", title, uri, played_at, album=album)


UNKNOWN = {"ms_played": None, "reason_end": None, "skipped": None, "shuffle": None}
MINUTE, TEN, LOOP = ({"ms_played": ms} for ms in (60_000, 600_000, 200_000))
SPOTIFY: File = [
    _played("2023-05-01T10:00:30Z", "Ann", "A", "uri:a", "LP", ms_played=30_500, shuffle=True),
    _played("2023-05-01T13:00:00Z", "Ann", "Long", "uri:long", "LP",
            ms_played=10_800_000, reason_end="logout"),
    _played("2023-05-02T10:00:00Z", "Bea", "B", None, "First", **MINUTE),
    _played("2023-05-03T10:00:00Z", "BEA", "b", None, "Second", **MINUTE),
    _played("2023-05-04T10:00:00Z", "Ann", "A", "uri:a", "LP", **UNKNOWN),
    # The one that ends later begins earlier.
    _played("2023-05-05T10:10:00Z", "Old", "C", "uri:c", None, **MINUTE),
    _played("2023-05-05T10:11:00Z", "New", "C", "uri:c", "Y", **TEN),
    # One listen, under two names.
    _played("2023-05-06T10:00:00Z", "Dee", "D", "uri:d", "Z", **MINUTE),
    _played("2023-05-06T10:00:00Z", "DEE", "D", "uri:d", "Z", **MINUTE),
    # An echo by the rules of today.
    _played("2023-05-07T10:00:00Z", "Eve", "E", "uri:e", "Ep", **LOOP),
    _played("2023-05-07T10:00:10Z", "Eve", "E", "uri:e", "Ep", **LOOP),
]  # fmt: skip
ACCOUNT: File = [
    account_row(endTime="2023-05-01 10:00", artistName="Ann", trackName="A"),
    account_row(endTime="2023-05-01 12:00", artistName="Cy", trackName="Own", msPlayed=45_000),
    account_row(endTime="2023-05-01 12:30", artistName="Cy", trackName="Own", msPlayed=None),
]  # fmt: skip
SYNCED: File = [
    # Known from the export by the rules of today, since it began when that listen did.
    _synced("2023-05-01T10:00:05Z", "Long", "uri:long"),
    _synced("2023-05-01T10:00:31.250Z", "A", "uri:a"),
    _synced("2023-06-01T09:00:00.123Z", "A", "uri:a"),
]
FILES = [SPOTIFY, ACCOUNT, SYNCED]
NEW = _played("2023-07-01T10:00:00Z", "Ann", "A", "uri:a", "LP")

EXTENDED, OF_ACCOUNT, API = "spotify_extended", "spotify_account", "spotify_api"
DONE, SAYS_NOTHING = ("trackdone", False, False), (None, None, None)
COUNTED = [
    ("2023-05-01T09:59:59.500", 30_500, "Ann", "A", "LP", EXTENDED, "trackdone", False, True),
    ("2023-05-01T10:00:00.000", 10_800_000, "Ann", "Long", "LP", EXTENDED, "logout", False, False),
    ("2023-05-01T10:00:05.000", None, "Ann", "Long", "LP", API, *SAYS_NOTHING),
    ("2023-05-01T11:59:15.000", 45_000, "Cy", "Own", None, OF_ACCOUNT, *SAYS_NOTHING),
    ("2023-05-01T12:30:00.000", None, "Cy", "Own", None, OF_ACCOUNT, *SAYS_NOTHING),
    ("2023-05-02T09:59:00.000", 60_000, "BEA", "b", "Second", EXTENDED, *DONE),
    ("2023-05-03T09:59:00.000", 60_000, "BEA", "b", "Second", EXTENDED, *DONE),
    ("2023-05-04T10:00:00.000", None, "Ann", "A", "LP", EXTENDED, *SAYS_NOTHING),
    ("2023-05-05T10:01:00.000", 600_000, "New", "C", "Y", EXTENDED, *DONE),
    ("2023-05-05T10:09:00.000", 60_000, "New", "C", "Y", EXTENDED, *DONE),
    ("2023-05-06T09:59:00.000", 60_000, "DEE", "D", "Z", EXTENDED, *DONE),
    ("2023-05-07T09:56:40.000", 200_000, "Eve", "E", "Ep", EXTENDED, *DONE),
    ("2023-05-07T09:56:50.000", 200_000, "Eve", "E", "Ep", EXTENDED, *DONE),
    ("2023-06-01T09:00:00.123", None, "Ann", "A", "LP", API, *SAYS_NOTHING),
]  # fmt: skip
"""What the version before counted, by the start of each listen."""


@pytest.fixture(scope="module")
async def upgraded(
    server: DatabaseAddress,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> AsyncIterator[DatabaseAddress]:
    """A database of the version before, upgraded."""
    before = tmp_path_factory.mktemp("before")
    for file in released_migrations().iterdir():
        if file.name.endswith(".sql") and file.name < MIGRATION:
            before.joinpath(file.name).write_bytes(file.read_bytes())
    async with cloned(server.with_database("template1")) as address:
        await apply_migrations(address, hash_files(before))
        connection = await asyncpg.connect(address.for_asyncpg())
        try:
            if request.param:
                await connection.execute(PARTITIONED)
            for user in (ONE, OTHER):
                await connection.execute(FILLED.format(user=user))
        finally:
            await connection.close()
        assert MIGRATION in await apply_migrations(address)
        yield address


@pytest.fixture
async def clone(upgraded: DatabaseAddress) -> AsyncIterator[DatabaseAddress]:
    """A database of the test's own with the converted history."""
    async with cloned(upgraded) as address:
        yield address


async def _stored(resources: Resources, user: int) -> Stored:
    async with resources.database.session() as session:
        return await stored(session, user)


async def _listens(resources: Resources, user: int) -> list[tuple[object, ...]]:
    found = await asyncio.to_thread(read_listens, resources.database.address, user)
    rows = comparable(found).drop("track").iter_rows()
    return [
        (f"{start:%Y-%m-%dT%H:%M:%S}.{start.microsecond // 1_000:03}", *rest)
        for start, *rest in rows
    ]


async def _assert_same_as(resources: Resources, user: int, files: list[File]) -> Stored:
    """Check that a history is the same as if these files were imported today.

    Further records of a listen are left out: the earlier version did not store all of them.
    """
    async with resources.database.session() as session:
        fresh = (await make_user(session, username=secrets.token_hex(4))).id or 0
    await import_all(resources.database, fresh, [files])
    mine, its = await _stored(resources, user), await _stored(resources, fresh)
    assert replace(mine, records=set()) == replace(its, records=set())
    assert await _listens(resources, user) == await _listens(resources, fresh)
    return mine


def _marked(state: Stored) -> set[tuple[object, ...]]:
    """Log, start and mark of the listens that do not count."""
    return {
        (log, f"{start:%d %H:%M:%S}", mark)
        for _, log, start, *_, mark in state.listens
        if mark
    }


in_one_table = pytest.mark.parametrize("upgraded", [False], indirect=True)
in_both = pytest.mark.parametrize(
    "upgraded", [False, True], indirect=True, ids=["one table", "partitions"]
)


@in_both
async def test_the_same_listens_count_and_are_shown_as_before(
    cloned_resources: Resources,
) -> None:
    for user in (ONE, OTHER):
        assert await _listens(cloned_resources, user) == COUNTED
        state = await _stored(cloned_resources, user)
        assert _marked(state) == {(2, "01 09:59:30", 1), (3, "01 10:00:31", 1)}
        assert len(state.listens) == 16


@in_one_table
async def test_the_next_import_settles_marks_and_names(
    cloned_resources: Resources,
) -> None:
    resources = cloned_resources
    other = await _stored(resources, OTHER)
    async with resources.database.session() as session:
        books = await store(session, ONE, [[NEW]])
    assert (books.total.stored, books.total.known) == (1, 0)
    state = await _assert_same_as(resources, ONE, [[*SPOTIFY, NEW], ACCOUNT, SYNCED])
    assert _marked(state) == {
        (2, "01 09:59:30", 1),
        (3, "01 10:00:05", 1),
        (3, "01 10:00:31", 1),
        (1, "07 09:56:50", 2),
    }
    assert ("uri:c", "old", "c", None) in state.recordings
    assert {row[3] for row in state.recordings if row[1] == "bea"} == {
        "First",
        "Second",
    }

    # Rows are also known by their starts.
    async with resources.database.session() as session:
        books = await store(session, ONE, FILES)
    assert (books.total.stored, books.total.known) == (0, 17)
    await _assert_same_as(resources, ONE, [[*SPOTIFY, NEW], ACCOUNT, SYNCED])
    assert await _stored(resources, OTHER) == other


@in_one_table
async def test_earlier_listens_stay_when_a_later_import_is_removed(
    cloned_resources: Resources,
) -> None:
    resources = cloned_resources
    files = {"a.json": as_json([*SPOTIFY, NEW]), "b.json": as_json(ACCOUNT)}
    later = await imported(resources, ONE, files)
    async with resources.database.session() as session:
        with pytest.raises(ImportHasNoRecords):
            await ImportRemovals(session).delete(ONE, IMPORT)
    async with resources.database.session() as session:
        assert await ImportRemovals(session).delete(ONE, later) == 1
    await _assert_same_as(resources, ONE, FILES)
