"""Of a history just imported the planner knows nothing, or what it knows of another.

Each thing that a person does with theirs reads its rows a few times, whatever the planner
expects. A loop in a loop over 1,500 rows would read millions.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import TextClause, text

from tests.auth.factories import make_user
from tests.conftest import make_resources
from tests.databases import cloned
from tests.exports import account_row, api_row, track
from tests.music.factories import File, import_all
from unwrapped.auth.export import open_export
from unwrapped.auth.service import UserService
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.music.sources.logs import LogName
from unwrapped.music.store.history_snapshot import read_listens

ROWS = 1_500
FIRST, SECOND = 1, 2
SOON = 60.0
ZONE = ZoneInfo("UTC")
EVERYTHING = ListenFilter(zone=ZONE, period=Period())
AN_ARTIST = ListenFilter(zone=ZONE, artist="second 7")
A_SOURCE = ListenFilter(zone=ZONE, source=LogName.SPOTIFY_ACCOUNT)
PARTS = [part for domain in DOMAINS for part in domain.personal_data]

_ROWS_READ = text("""SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0))
    FROM pg_stat_user_tables WHERE relname IN
    ('listen', 'also_spelled', 'recording', 'spelling', 'track', 'artist')""")
_OTHERS = text("""SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()""")


def _history(who: str) -> list[File]:
    """Files of a person whose listens each have a recording, some with another spelling."""
    start = datetime(2023, 5, 1, tzinfo=UTC)
    extended, account = [], []
    for n in range(ROWS):
        at = start + timedelta(minutes=4 * n)
        artist, title = f"{who} {n % 300}", f"Song {n}"
        row = track(artist, title, f"uri:{who}:{n}", ts=f"{at:%Y-%m-%dT%H:%M:%SZ}")
        extended.append(row)
        if n % 10 == 0:
            extended.append(row | {"master_metadata_track_name": title.upper()})
            account.append(
                account_row(
                    endTime=f"{at:%Y-%m-%d %H:%M}", artistName=artist, trackName=title
                )
            )
    return [extended, account]


@pytest.fixture(scope="module")
async def second(template: DatabaseAddress) -> AsyncIterator[DatabaseAddress]:
    """A database whose first person has been looked at, and whose second has not."""
    async with cloned(template) as address:
        database = Database(address)
        for name in ("first", "second"):
            async with database.session() as session:
                user = await make_user(session, username=name)
                assert user.id == {"first": 1, "second": 2}[name]
                user_id = user.id
            await import_all(database, user_id, [_history(name)])
            if name == "first":
                async with database.autocommit() as session:
                    await session.execute(text("VACUUM ANALYZE"))
        await database.dispose()
        yield address


@pytest.fixture
async def fresh(
    second: DatabaseAddress, settings: Settings
) -> AsyncIterator[Resources]:
    """The resources of a process on a copy of that database."""
    async with cloned(second) as address:
        database = Database(address)
        yield make_resources(settings, database)
        await database.dispose()


async def analyse(resources: Resources) -> None:
    database = resources.database
    listens = await asyncio.to_thread(read_listens, database.address, SECOND)
    assert len(listens) == ROWS


async def export(resources: Resources) -> None:
    async with open_export(resources, PARTS, SECOND) as begun:
        assert [piece async for piece in begun.pieces]


type Use = Callable[[Resources], Awaitable[None]]


def _listing(wanted: ListenFilter) -> Use:
    async def read(resources: Resources) -> None:
        async with resources.database.session() as session:
            page = await ListenService(session).list_listens(SECOND, wanted, 50, None)
        assert page.items[0].artist.startswith("second")

    return read


def _removal(wanted: ListenFilter) -> Use:
    async def remove(resources: Resources) -> None:
        async with resources.database.session() as session:
            service = ListenService(session)
            assert await service.delete_listens(SECOND, wanted)

    return remove


async def delete_account(resources: Resources) -> None:
    async with resources.database.session() as session:
        await UserService(session).delete_user(SECOND)


async def sync(resources: Resources) -> None:
    plays = [
        api_row(f"second {n}", f"Song {n}", f"uri:second:{n}") for n in range(0, 100, 2)
    ]
    await import_all(resources.database, SECOND, [[plays]])


READING: dict[str, tuple[Use, int]] = {
    "analysis": (analyse, 12),
    "export": (export, 20),
    "listing": (_listing(EVERYTHING), 2),
    "listing of an artist": (_listing(AN_ARTIST), 10),
}
"""What a person reads, and how many times it may read each of their rows."""

CHANGES: dict[str, tuple[Use, int]] = {
    "removal of an artist": (_removal(AN_ARTIST), 100),
    "removal of a source": (_removal(A_SOURCE), 100),
    # Small tables are read whole for each row of another that goes.
    "removal of everything": (_removal(EVERYTHING), 500),
    "deletion of the account": (delete_account, 500),
    "sync": (sync, 50),
}
"""What a person changes, in the same form."""


async def test_rows_are_read_a_few_times_for_a_reader(fresh: Resources) -> None:
    for use, (act, times) in READING.items():
        assert 0 < await _rows_read(fresh, act) < times * ROWS, use


@pytest.mark.parametrize("use", CHANGES)
async def test_rows_are_read_a_few_times_for_a_change(
    use: str, fresh: Resources
) -> None:
    act, times = CHANGES[use]
    assert 0 < await _rows_read(fresh, act) < times * ROWS


async def _rows_read(resources: Resources, act: Use) -> int:
    """The rows that the server reads while a person does this."""
    watching = Database(resources.database.address, pool_size=1)
    before = await _ask(watching, _ROWS_READ)
    async with asyncio.timeout(SOON):
        await act(resources)
        await resources.database.dispose()
        # A session counts what it has read at its end.
        while await _ask(watching, _OTHERS):  # noqa: ASYNC110 - of the server
            await asyncio.sleep(0.01)
    read = await _ask(watching, _ROWS_READ) - before
    await watching.dispose()
    return read


async def _ask(database: Database, question: TextClause) -> int:
    async with database.autocommit() as session:
        return int(await session.scalar(question) or 0)
