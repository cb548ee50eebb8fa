"""A stored history equals one that is built in memory: hypothesis looks for exceptions."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import make_user
from tests.databases import cloned
from tests.exports import Row, account_row, extended_row
from tests.music.factories import (
    NOTHING,
    File,
    Stored,
    comparable,
    import_all,
    marked,
    oracle,
    store,
    stored,
)
from tests.music.history.test_history_properties import (
    ROWS,
    SOME,
    assert_balanced,
)
from tests.music.history.test_history_properties import Rows as PlainRows
from tests.music.kits.kit import Kit, Played
from tests.music.kits.kits import KITS, log_of, truth_of
from unwrapped.core.database import Database
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.music.history.books import Books
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.service import ListenService
from unwrapped.music.sources.logs import LOGS, LogName
from unwrapped.music.sources.name_keys import name_key
from unwrapped.music.sources.spellings import safe_text, shorten
from unwrapped.music.store.history_snapshot import read_listens
from unwrapped.music.store.models import listen

TRIED = settings(max_examples=settings().max_examples // 8)
"""Each example is several imports."""

type Import = list[File]

type Spelled = tuple[str | None, str | None, str, str | None]
"""URI, artist, title and album."""

# Names that may break a CSV, a text column, an index or an order of texts.
EXOTIC = [
    "comma, quote \" and ' and \\ and \\N",
    "line\nbreak",
    "a\n\\.\nb",
    "\\.",
    "carriage\rreturn",
    "\r\n",
    "\x00nul",
    "\ud800 alone",
    "\x1funit\x1fseparator",
    "\ufeffbom",
    "\u200b",
    "\u0130stanbul",
    "stra\u00dfe",
    "STRASSE",
    "\ufb01n",
    "e\u0301",
    "\u00e9",
    "\U0001f469\u200d\U0001f3a4",
    "\U0010ffff",
    "\uffff",
    "\u202eltr",
    "  two   spaces ",
    "\u00a0",
    "tab\ttab",
    "NULL",
    "null",
    '""',
    "x" * 5_000,
    "\u00e4" * 5_000,
    "x" * 4_999 + "y",
    "1989",
]
# Not the longest ones: a failure would print them all.
NAMES = (
    st.sampled_from([name for name in EXOTIC if len(name) < 100])
    | st.text(max_size=4)
    | st.sampled_from(["A", "a", "B"])
)
URIS = st.sampled_from(["u1", "u2", "a\x1fb", None])
REASONS = st.sampled_from(
    ["trackdone", "fwdbtn", "", None, "b", "B", "\U0010ffff", "\u00e4,\n"]
)
FLAGS = st.sampled_from([True, False, None])
TIMES = st.sampled_from(
    [
        f"{day}T{minute}:{second}Z"
        for day in ("2023-03-26", "2023-10-29", "2024-02-29")
        for minute in ("00:59", "01:00")
        for second in ("00", "59")
    ]
)
DURATIONS = st.sampled_from([None, 0, 1_000, 2**31 - 1])


LATE = st.sampled_from(
    [timedelta(seconds=seconds) for seconds in (-3_600, -0.5, 0, 0.5, 1, 60, 60.001)]
)


def _row(
    kit: Kit,
    ended: str,
    late: timedelta,
    ms: int | None,
    spelled: Spelled,
    reason: str | None,
    flags: list[object],
) -> Row:
    uri, artist, title, album = spelled
    is_near = LOGS[kit.log].logs == "near_end"
    return kit.row(
        Played(
            ended_at=datetime.fromisoformat(ended)
            + (late if is_near else timedelta(0)),
            ms=ms,
            uri=uri,
            artist=artist,
            title=title,
            album=album,
            reason_end=reason,
            skipped=flags[0],
            shuffle=flags[1],
        )
    )


@st.composite
def exotic_rows(draw: st.DrawFn) -> PlainRows:
    """Rows of a few logs; few times, names and spellings, so that they meet."""
    pool = draw(st.lists(NAMES, min_size=1, max_size=3))
    names = st.sampled_from([*pool, *(f" {name.upper()}" for name in pool)])
    uris = st.sampled_from(draw(st.lists(URIS, min_size=1, max_size=2)))
    spelled = st.tuples(uris, names | st.none(), names, names | st.none())
    spellings = st.sampled_from(draw(st.lists(spelled, min_size=1, max_size=4)))
    times = st.sampled_from(draw(st.lists(TIMES, min_size=1, max_size=3)))
    played = st.sampled_from(draw(st.lists(DURATIONS, min_size=1, max_size=2)))
    flags = st.lists(FLAGS, min_size=2, max_size=2)
    rows_of = [
        st.builds(partial(_row, kit), times, LATE, played, spellings, REASONS, flags)
        for kit in map(KITS.__getitem__, draw(SOME))
    ]
    rows = PlainRows([draw(st.lists(rows, max_size=5)) for rows in rows_of])
    assume(rows.files())
    return rows


def _pieces(draw: st.DrawFn, rows: list[Row], most: int) -> list[File]:
    cuts = draw(st.sets(st.integers(1, max(1, len(rows) - 1)), max_size=most))
    edges = [0, *sorted(cuts), len(rows)]
    return [rows[a:b] for a, b in itertools.pairwise(edges) if a < b]


@st.composite
def imported(draw: st.DrawFn) -> tuple[list[File], list[Import]]:
    """Files, and imports of the same rows: split, repeated, in any order."""
    rows = draw(exotic_rows() | exotic_rows() | exotic_rows() | ROWS)
    files: list[File] = []
    for part in rows.files():
        again = draw(st.lists(st.sampled_from(part), max_size=3))
        files += _pieces(draw, list(draw(st.permutations(part + again))), 3)
    files = draw(st.permutations(files))
    cuts = draw(st.sets(st.integers(1, max(1, len(files) - 1)), max_size=3))
    edges = [0, *sorted(cuts), len(files)]
    imports = [list(files[a:b]) for a, b in itertools.pairwise(edges) if a < b]
    return list(rows.files()), imports


@dataclass(frozen=True)
class Listeners:
    """A database, to be used from functions that are not coroutines."""

    runner: asyncio.Runner
    database: Database

    def new(self) -> int:
        async def make() -> int:
            async with self.database.session() as session:
                return (await make_user(session)).id or 0

        return self.runner.run(make())

    def store(self, user_id: int, imports: Sequence[Import]) -> list[Books]:
        return self.runner.run(import_all(self.database, user_id, imports))

    def stored(self, user_id: int) -> Stored:
        async def read() -> Stored:
            async with self.database.session() as session:
                return await stored(session, user_id)

        return self.runner.run(read())

    def in_session[T](self, work: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """What `work` returns, in a transaction of its own."""

        async def run() -> T:
            async with self.database.session() as session:
                return await work(session)

        return self.runner.run(run())

    def delete(self, user_id: int, wanted: ListenFilter) -> int:
        return self.in_session(
            lambda session: ListenService(session).delete_listens(user_id, wanted)
        )

    def identities_of(self, user_id: int, wanted: ListenFilter) -> set[str]:
        """The recordings that are shown under the artist of a removal."""
        if wanted.artist is None:
            return set()
        key = name_key(wanted.artist)
        return {row[0] for row in self.stored(user_id).recordings if row[1] == key}

    def read(self, user_id: int) -> pl.DataFrame:
        return read_listens(self.database.address, user_id)


@pytest.fixture(scope="module")
def listeners(template: DatabaseAddress) -> Iterator[Listeners]:
    context = cloned(template)
    with asyncio.Runner() as runner:
        database = Database(runner.run(context.__aenter__()), pool_size=2)
        yield Listeners(runner, database)
        runner.run(database.dispose())
        runner.run(context.__aexit__(None, None, None))


def assert_same_frame(one: pl.DataFrame, other: pl.DataFrame) -> None:
    assert_frame_equal(comparable(one), comparable(other), check_exact=True)


@TRIED
@given(arranged=imported())
def test_any_imports_end_in_the_history_of_all_rows_and_importing_again_changes_nothing(
    listeners: Listeners, arranged: tuple[list[File], list[Import]]
) -> None:
    files, imports = arranged
    expected = oracle(files)
    user, other = listeners.new(), listeners.new()
    books = listeners.store(user, imports)
    assert_same_frame(listeners.read(user), expected.listens)
    state = listeners.stored(user)
    assert state.listens == marked(files)
    listeners.store(other, [files])
    at_once = listeners.stored(other)
    # A reason may belong to a row that has another reason now.
    assert at_once.reasons <= state.reasons
    assert replace(state, reasons=at_once.reasons) == at_once
    assert sum(part.total.stored for part in books) == len(state.listens)
    assert expected.books.total.stored == len(state.listens)
    for part, given_files in zip(books, imports, strict=True):
        for account in (part.total, *(file.account for file in part.files)):
            assert_balanced(account)
        assert [file.account.rows_read for file in part.files] == [
            len(rows) for rows in given_files
        ]
    for again in listeners.store(user, [files[::-1]]):
        account = again.total
        assert account.stored == account.shadowed == 0
        assert account.known == account.rows_read - sum(account.set_aside.values())
    assert listeners.stored(user) == state


ZONES = st.sampled_from(
    [ZoneInfo(name) for name in ("Europe/Berlin", "America/Havana", "Pacific/Apia")]
)
PERIODS = st.sampled_from(
    [
        "all",
        "2022",
        "2023",
        "2024",
        "2023-03",
        "2023-03-01..2023-03-10",
        "2023-03-26..2023-03-26",
        "2024-02-04..2024-02-04",
        "2023-03-25..2023-10-28",
        "2023-10-28..2023-10-29",
        "2024-02-28..2024-02-29",
    ]
)
REMOVALS = st.builds(
    lambda source, period, zone, artist: ListenFilter(
        source=source,
        period=None if period is None else Period.parse(period),
        zone=zone,
        artist=artist,
    ),
    st.sampled_from(LogName) | st.none(),
    PERIODS | st.none(),
    ZONES,
    st.none()
    | st.sampled_from(["YE", "Kanye", "a", " A ", "Unknown ARTIST"])
    | NAMES.map(safe_text),
).filter(lambda wanted: (wanted.source, wanted.period, wanted.artist) != (None,) * 3)


def _identity(row: Row) -> str:
    uri = truth_of(row).uri
    return uri if isinstance(uri, str) and uri else "\x1f".join(_name_keys(row))


def _name_keys(row: Row) -> tuple[str, str]:
    truth = truth_of(row)
    artist, title = (
        name_key(safe_text(name) or "") if isinstance(name, str) else ""
        for name in (truth.artist, truth.title)
    )
    return artist or "unknown artist", title


def goes(row: Row, wanted: ListenFilter, identities: set[str]) -> bool:
    """The rules of a removal once more, on the row as it was exported."""
    truth = truth_of(row)
    time = truth.logged_at
    if time is None:
        return False
    if wanted.source not in (None, log_of(row)):
        return False
    if wanted.period is not None:
        day = (
            (time - timedelta(milliseconds=truth.ms or 0))
            .astimezone(wanted.zone)
            .date()
        )
        first, last = wanted.period.first, wanted.period.last
        if (first and day < first) or (last and day > last):
            return False
    return wanted.artist is None or _identity(row) in identities


def test_names_that_break_files_columns_and_indexes(listeners: Listeners) -> None:
    spelled = [name for name in EXOTIC if name_key(name)]
    richer = [
        extended_row(
            ts=f"2023-05-01T10:{number:02}:00Z",
            spotify_track_uri=None if number % 2 else f"uri {name}",
            master_metadata_album_artist_name=name,
            master_metadata_track_name=name,
            master_metadata_album_album_name=name,
            reason_end=name,
        )
        for number, name in enumerate(spelled)
    ]
    poorer = [
        account_row(
            endTime=f"2023-05-01 10:{number:02}",
            artistName=f" {name} ",
            trackName=f"{name} ",
        )
        for number, name in enumerate(spelled)
    ]
    files = [richer, poorer]
    user = listeners.new()
    listeners.store(user, [[poorer[3:], richer[9:]], [richer[:12]], [poorer[:7]]])
    expected = oracle(files)
    assert expected.books.total.shadowed == len(spelled)
    assert_same_frame(listeners.read(user), expected.listens)
    assert listeners.stored(user).listens == marked(files)
    for name in spelled[::4]:
        shown = shorten(safe_text(f"{name} "))
        one = ListenFilter(artist=shown, zone=ZoneInfo("UTC"))
        assert listeners.delete(user, one) in (0, 2, 4), name
    everything = ListenFilter(period=Period(), zone=ZoneInfo("UTC"))
    listeners.delete(user, everything)
    assert listeners.stored(user) == NOTHING


def test_a_removal_leaves_others_with_the_same_rows_alone(listeners: Listeners) -> None:
    rows = _rows_of(100)
    poorer = [account_row(endTime="2023-05-01 00:01", trackName="Song 1")]
    user, other = listeners.new(), listeners.new()
    for listener in (user, other):
        listeners.store(listener, [[rows], [poorer]])
    before = listeners.stored(other)
    assert before == listeners.stored(user)
    for wanted in (
        ListenFilter(source=LogName.SPOTIFY_EXTENDED, zone=ZoneInfo("UTC")),
        ListenFilter(period=Period.parse("2023"), zone=ZoneInfo("UTC")),
        ListenFilter(artist="artist", zone=ZoneInfo("UTC")),
    ):
        listeners.delete(user, wanted)
        assert listeners.stored(other) == before
    assert listeners.stored(user) == NOTHING


def _rows_of(minutes: int) -> list[Row]:
    return [
        extended_row(
            ts=f"2023-05-{1 + n // 1_440:02}T{n // 60 % 24:02}:{n % 60:02}:00Z",
            spotify_track_uri=f"spotify:track:{n % 700}",
            master_metadata_track_name=f"Song {n % 700}",
            reason_end=("trackdone", "fwdbtn", None)[n % 3],
        )
        for n in range(minutes)
    ]


def test_of_rows_that_differ_in_marks_alone_the_first_in_order_stays(
    listeners: Listeners,
) -> None:
    """The order in which they are imported does not matter."""
    random = Random(0)  # noqa: S311 - an order, no secret
    reasons = ["trackdone", "fwdbtn", "Trackdone", "\u00e4", "\U0010ffff", None]
    rows = [
        extended_row(reason_end=reason, skipped=skipped, shuffle=shuffle)
        for reason in random.sample(reasons, 3)
        for skipped in (True, False, None)
        for shuffle in (True, False, None)
    ]
    for count in (6, 4):
        some = random.sample(rows, count)
        user = listeners.new()
        listeners.store(user, [[[row]] for row in some])
        assert listeners.stored(user).listens == marked([some])
        assert_same_frame(listeners.read(user), oracle([some]).listens)


def test_imports_that_overlap_store_each_row_once(listeners: Listeners) -> None:
    rows = _rows_of(1_200)
    account = [
        account_row(endTime=str(row["ts"])[:16].replace("T", " "), trackName=title)
        for row, title in zip(rows, ["Song 1", "Song 2", "Other"] * 400, strict=True)
    ]
    imports: list[Import] = [
        [rows[200:]],
        [account, rows[:40]],
        [rows[:800]],
        [rows[::-1], account],
    ]
    user = listeners.new()
    books = listeners.store(user, imports)
    expected = oracle([rows, account])
    assert_same_frame(listeners.read(user), expected.listens)
    assert listeners.stored(user).listens == marked([rows, account])
    assert [part.total.stored for part in books] == [1_000, 1_240, 160, 0]
    assert expected.books.total.shadowed > 0


def test_a_removal_of_everything_leaves_nothing(listeners: Listeners) -> None:
    user = listeners.new()
    listeners.store(user, [[_rows_of(50), [account_row(trackName="Elsewhere")]]])
    everything = ListenFilter(period=Period(), zone=ZoneInfo("UTC"))
    assert listeners.delete(user, everything) == 51
    assert listeners.stored(user) == NOTHING
    assert listeners.read(user).is_empty()
    assert listeners.delete(user, everything) == 0


def test_an_import_that_failed_leaves_nothing(listeners: Listeners) -> None:
    user = listeners.new()

    async def fail() -> int:
        async with listeners.database.session() as session:
            await store(session, user, [_rows_of(5)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        listeners.runner.run(fail())

    async def count() -> int | None:
        async with listeners.database.session() as session:
            mine = select(func.count()).where(listen.c.user_id == user)
            return await session.scalar(mine)

    assert listeners.runner.run(count()) == 0
