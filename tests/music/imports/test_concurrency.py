"""Concurrent imports and removals have the same result as successive ones."""

import asyncio
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete
from sqlmodel import col

from tests.auth.factories import sign_in
from tests.exports import Row, account_row, extended_row
from tests.music.factories import (
    NOTHING,
    File,
    Stored,
    comparable,
    import_all,
    marked,
    oracle,
    prepared,
    store,
    store_prepared,
    stored,
)
from unwrapped.auth.models import User
from unwrapped.core.database import Database
from unwrapped.core.process_resources import Resources
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.music.sources.logs import LogName
from unwrapped.music.store.history_snapshot import read_listens

SOON = 20.0
"""The seconds after which a test has waited in vain."""

BLOCKED = 0.4
"""The seconds after which a task that has not ended is waiting."""


def _rows(first: int, count: int, **over: object) -> list[Row]:
    return [
        extended_row(
            ts=f"2023-05-01T{n // 60:02}:{n % 60:02}:00Z",
            spotify_track_uri=f"uri:{n % 7}",
            master_metadata_track_name=f"Song {n % 7}",
            **over,
        )
        for n in range(first, first + count)
    ]


ONE: list[File] = [
    _rows(0, 60, reason_end="trackdone"),
    [account_row(endTime="2023-05-01 01:10", trackName="Song 0")],
]
OTHER: list[File] = [
    _rows(30, 60, reason_end="fwdbtn", master_metadata_album_artist_name="ARTIST"),
    [account_row(endTime="2023-05-01 00:05", trackName="song 5")],
]


@pytest.fixture
def database(common_database: Database) -> Database:
    return common_database


@pytest.fixture
async def user(common_resources: Resources) -> int:
    return (await sign_in(common_resources)).id


async def _stored(database: Database, user_id: int) -> Stored:
    async with database.session() as session:
        return await stored(session, user_id)


async def _assert_holds(database: Database, user: int, files: list[File]) -> None:
    assert (await _stored(database, user)).listens == marked(files)


async def _assert_shows(database: Database, user: int, files: list[File]) -> None:
    await _assert_holds(database, user, files)
    listens = await asyncio.to_thread(read_listens, database.address, user)
    assert comparable(listens).equals(comparable(oracle(files).listens))


async def test_imports_of_one_listener_at_once(database: Database, user: int) -> None:
    async with asyncio.timeout(SOON):
        books = await asyncio.gather(
            *(import_all(database, user, [files]) for files in (ONE, OTHER, ONE))
        )
    await _assert_shows(database, user, [*ONE, *OTHER])
    total = oracle([*ONE, *OTHER]).books.total.stored
    assert sum(part.total.stored for (part,) in books) == total


async def test_the_second_import_waits_for_the_first(
    database: Database, user: int
) -> None:
    async with database.session() as first:
        await store(first, user, ONE)
        second = asyncio.create_task(import_all(database, user, [OTHER]))
        done, _ = await asyncio.wait({second}, timeout=BLOCKED)
        assert not done
    async with asyncio.timeout(SOON):
        await second
    await _assert_holds(database, user, [*ONE, *OTHER])


async def test_an_import_that_fails_does_not_block_the_next_one(
    database: Database, user: int
) -> None:
    begun: list[asyncio.Task[object]] = []

    async def fail() -> None:
        async with database.session() as first:
            await store(first, user, ONE)
            begun.append(asyncio.create_task(import_all(database, user, [OTHER])))
            await asyncio.wait(begun, timeout=BLOCKED)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    async with asyncio.timeout(SOON):
        await begun[0]
    await _assert_shows(database, user, OTHER)


async def test_listeners_do_not_wait_for_one_another(
    database: Database, user: int, common_resources: Resources
) -> None:
    other = (await sign_in(common_resources)).id
    async with database.session() as open_still:
        await store(open_still, user, ONE)
        async with asyncio.timeout(SOON):
            await import_all(database, other, [ONE, OTHER])
        await _assert_holds(database, other, [*ONE, *OTHER])
    await _assert_holds(database, user, ONE)


async def test_many_listeners_at_once(
    database: Database, common_resources: Resources
) -> None:
    users = [(await sign_in(common_resources)).id for _ in range(3)]
    one, other = prepared(ONE), prepared(OTHER)

    async def bring(user: int, number: int) -> None:
        async with database.session() as session:
            await store_prepared(session, user, (one, other)[number % 2])

    async with asyncio.timeout(2 * SOON):
        await asyncio.gather(*(bring(u, n) for n in range(3) for u in users))
    states = [await _stored(database, listener) for listener in users]
    assert states[0].listens == marked([*ONE, *OTHER])
    assert all(state.listens == states[0].listens for state in states)
    assert all(state.recordings == states[0].recordings for state in states)


EVERYTHING = ListenFilter(period=Period(), zone=ZoneInfo("UTC"))


async def _delete(database: Database, user: int, wanted: ListenFilter) -> int:
    async with database.session() as session:
        return await ListenService(session).delete_listens(user, wanted)


async def test_a_removal_during_an_import_waits_for_it(
    database: Database, user: int
) -> None:
    await import_all(database, user, [OTHER])
    wanted = ListenFilter(source=LogName.SPOTIFY_ACCOUNT, zone=ZoneInfo("UTC"))
    async with database.session() as importing:
        await store(importing, user, ONE)
        removal = asyncio.create_task(_delete(database, user, wanted))
        done, _ = await asyncio.wait({removal}, timeout=BLOCKED)
        assert not done
    async with asyncio.timeout(SOON):
        assert await removal == 2
    await _assert_holds(database, user, [ONE[0], OTHER[0]])


async def test_removals_and_imports_of_many_kinds_at_once(
    database: Database, user: int
) -> None:
    """In any order, the history is right after a last import."""
    wanted = [
        EVERYTHING,
        ListenFilter(artist="artist", zone=ZoneInfo("UTC")),
        ListenFilter(source=LogName.SPOTIFY_EXTENDED, zone=ZoneInfo("UTC")),
    ]
    async with asyncio.timeout(2 * SOON):
        await asyncio.gather(
            *(import_all(database, user, [files]) for files in (ONE, OTHER, ONE)),
            *(_delete(database, user, one) for one in wanted),
        )
    await import_all(database, user, [ONE, OTHER])
    await _assert_shows(database, user, [*ONE, *OTHER])


async def test_a_history_reads_as_one_snapshot_while_it_is_imported(
    database: Database, user: int
) -> None:
    await import_all(database, user, [ONE])
    before = comparable(await asyncio.to_thread(read_listens, database.address, user))
    async with database.session() as importing:
        await store(importing, user, OTHER)
        during = await asyncio.to_thread(read_listens, database.address, user)
        assert comparable(during).equals(before)


async def test_an_account_deleted_during_an_import_leaves_nothing(
    database: Database, user: int
) -> None:
    async def leave() -> None:
        async with database.session() as session:
            await session.execute(delete(User).where(col(User.id) == user))

    async with database.session() as importing:
        await store(importing, user, ONE)
        leaving = asyncio.create_task(leave())
        await asyncio.wait({leaving}, timeout=BLOCKED)
    async with asyncio.timeout(SOON):
        await leaving
    assert await _stored(database, user) == NOTHING
