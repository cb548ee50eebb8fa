"""The history is a function of the set of rows: hypothesis looks for exceptions."""

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import assume, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.exports import (
    Row,
    account_row,
    as_json,
    extended_row,
    history_at,
    is_told,
    make_zip,
    read_rows,
    told_row,
    track,
)
from unwrapped.music.listens.books import Account
from unwrapped.music.listens.history import (
    TOLERATED_BAD_ROWS,
    History,
    build_history,
)

type File = list[Row]


@dataclass(frozen=True)
class Rows:
    """Rows of both formats, and of the API."""

    extended: list[Row]
    account: list[Row]
    told: list[Row] = field(default_factory=list)

    def files(self) -> list[File]:
        return [rows for rows in (self.extended, self.account, self.told) if rows]


ARTISTS = st.sampled_from(["Ye", "YE", "Kanye", "\uff39\uff45", "", None])
TITLES = st.sampled_from(["One", "one ", "Two", "\uff2fne", "Unknown Track"])
URIS = st.sampled_from(["u1", "u2", "u3", None])
SECONDS = st.sampled_from(["00", "01", "30", "59"])
MINUTES = st.sampled_from(["09:59", "10:00", "10:01"])
DURATIONS = st.sampled_from(
    [None, 0, 1_000, 1_000.0, 31_000, 120_001, 240_000, 14_400_000]
)
# About the ends, a minute or two after them, and about the middles.
TOLD_TIMES = st.sampled_from(
    [
        "08:58:59.999",
        "08:59:00",
        "08:59:30.001",
        "09:56:59.999",
        "09:57:00",
        "09:58:00",
        "09:58:59.999",
        "09:59:00",
        "09:59:29.500",
        "09:59:59.499",
        "09:59:59.500",
        "10:00:00",
        "10:00:00.001",
        "10:00:30.123",
        "10:00:59.999",
        "10:01:00",
        "10:01:01",
        "10:01:59.999",
        "10:02:00",
        "10:02:00.001",
        "10:02:59.001",
        "10:03:00",
        "10:03:00.001",
    ]
)

TRACKS = st.builds(
    lambda artist, title, uri, minute, second, ms, album, reason, flag: track(
        artist,
        title,
        uri,
        ts=f"2023-05-01T{minute}:{second}Z",
        ms_played=ms,
        master_metadata_album_album_name=album,
        reason_end=reason,
        skipped=flag,
    ),
    ARTISTS,
    TITLES,
    URIS,
    MINUTES,
    SECONDS,
    DURATIONS,
    st.sampled_from(["LP", "lp", None]),
    st.sampled_from(["trackdone", "fwdbtn", None]),
    st.sampled_from([True, False, None, "", 1]),
)
PLAYS = st.builds(
    lambda artist, title, minute, ms: account_row(
        endTime=f"2023-05-01 {minute}", artistName=artist, trackName=title, msPlayed=ms
    ),
    ARTISTS,
    TITLES,
    MINUTES,
    DURATIONS,
)
TOLD = st.builds(
    lambda artist, title, uri, time, album: told_row(
        artist,
        title,
        uri,
        f"2023-05-01T{time}Z",
        album={"name": album, "artists": []},
    ),
    ARTISTS,
    TITLES,
    URIS,
    TOLD_TIMES,
    st.sampled_from(["LP", "lp", None]),
)

BAD_DURATIONS: list[object] = [-1, 1.5, True, "1", 2**31, []]
NO_NAMES: list[object] = [None, "", {}]
DIRT: dict[str, list[Row]] = {
    "bad_date": [
        extended_row(ts=ts) for ts in ("x", None, "1970-01-01T00:00:00Z", 7, True)
    ],
    "bad_duration": [extended_row(ms_played=ms) for ms in BAD_DURATIONS],
    "no_track": [extended_row(master_metadata_track_name=name) for name in NO_NAMES],
    "podcast": [extended_row(master_metadata_track_name=None, episode_name=1)],
    "audiobook": [extended_row(master_metadata_track_name="", audiobook_uri="b")],
}
ACCOUNT_DIRT: dict[str, list[Row]] = {
    "bad_date": [account_row(endTime=end) for end in ("x", None, 5)],
    "bad_duration": [account_row(msPlayed=ms) for ms in (-1, 0.5, "1", False)],
    "no_track": [account_row(trackName=None)],
    "podcast": [account_row(trackName=None, podcastName="P")],
    "audiobook": [account_row(trackName=None, audiobookName="B")],
}
BAD_TIMES: list[object] = ["x", None, 5, [], "1970-01-01"]
TOLD_DIRT: dict[str, list[Row]] = {
    "bad_date": [told_row(played_at=at) for at in BAD_TIMES],
    "no_track": [told_row(title=name) for name in (None, "", " \u200b")],
    "podcast": [told_row(type="episode")],
    "audiobook": [told_row(type=None, uri="spotify:chapter:1")],
}
DIRTS = (DIRT, ACCOUNT_DIRT, TOLD_DIRT)


def _any_of(dirt: dict[str, list[Row]]) -> st.SearchStrategy[Row]:
    return st.sampled_from([row for rows in dirt.values() for row in rows])


ROWS = st.builds(
    Rows,
    st.lists(TRACKS | TRACKS | TRACKS | _any_of(DIRT), max_size=8),
    st.lists(PLAYS | PLAYS | PLAYS | _any_of(ACCOUNT_DIRT), max_size=6),
    st.lists(TOLD | TOLD | TOLD | _any_of(TOLD_DIRT), max_size=6),
).filter(lambda rows: bool(rows.files()))


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def history(files: Sequence[File]) -> History:
    with folder() as path:
        return build_history(read_rows(path, files))


def assert_same(one: History, other: History) -> None:
    assert_frame_equal(one.listens, other.listens, check_exact=True)
    mine, its = one.books.total, other.books.total
    assert (mine.stored, mine.shadowed) == (its.stored, its.shadowed)


@st.composite
def rearranged(draw: st.DrawFn) -> tuple[Rows, list[File]]:
    """Rows, and files with the same rows: shuffled, repeated, split, in any order."""
    rows = draw(ROWS)
    files: list[File] = []
    for part in rows.files():
        repeats = draw(st.lists(st.sampled_from(part), max_size=3))
        loose = draw(st.permutations(part + repeats))
        cuts = draw(st.sets(st.integers(1, max(1, len(loose) - 1)), max_size=3))
        edges = [0, *sorted(cuts), len(loose)]
        files += [loose[a:b] for a, b in itertools.pairwise(edges) if a < b]
    files += draw(st.lists(st.sampled_from(files), max_size=2))
    assume(_bad(files) <= TOLERATED_BAD_ROWS)
    return rows, draw(st.permutations(files))


def _bad(files: list[File]) -> int:
    bad = {
        id(row)
        for dirt in DIRTS
        for reason in ("bad_date", "bad_duration")
        for row in dirt.get(reason, [])
    }
    return sum(id(row) in bad for rows in files for row in rows)


@given(rearranged())
def test_the_set_of_rows_decides(arranged: tuple[Rows, list[File]]) -> None:
    rows, files = arranged
    assert_same(history(rows.files()), history(files))


@given(ROWS, st.integers(0, 3), st.booleans())
def test_the_packing_does_not_matter(rows: Rows, depth: int, utf_16: bool) -> None:
    loose = Rows(rows.extended, rows.account).files()
    assume(loose)
    entries = {f"d/{n}.json": as_json(file) for n, file in enumerate(loose)}
    if utf_16:
        entries = {k: data.decode().encode("utf-16") for k, data in entries.items()}
    with folder() as path:
        if depth == 0:
            for name, data in entries.items():
                (path / name).parent.mkdir(exist_ok=True)
                (path / name).write_bytes(data)
        else:
            packed = make_zip(entries)
            for _ in range(depth - 1):
                packed = make_zip({"in.zip": packed, "readme.txt": b"hello"})
            (path / "export.zip").write_bytes(packed)
        assert_same(history(loose), history_at(path))


def _reasons(rows: Rows) -> dict[str, int]:
    """Why each row should be set aside, by what it was made from."""
    found: dict[str, int] = {}
    parts = (rows.extended, rows.account, rows.told)
    for part, dirt in zip(parts, DIRTS, strict=True):
        for row in part:
            for reason, examples in dirt.items():
                if any(row is example for example in examples):
                    found[reason] = found.get(reason, 0) + 1
            if _is_unknown(row):
                found["no_track"] = found.get("no_track", 0) + 1
    return found


def _names(row: Row) -> tuple[object, object]:
    if "endTime" in row:
        return row["artistName"], row["trackName"]
    if is_told(row):
        track = row["track"]
        assert isinstance(track, dict)
        return track["artists"][0]["name"], track["name"]
    return (
        row["master_metadata_album_artist_name"],
        row["master_metadata_track_name"],
    )


def _is_unknown(row: Row) -> bool:
    artist, title = _names(row)
    return title == "Unknown Track" and not artist


def _as_rows(file: File) -> Rows:
    if is_told(file[0]):
        return Rows([], [], file)
    return Rows(file, []) if "ts" in file[0] else Rows([], file)


def assert_balanced(account: Account) -> None:
    counts = (account.stored, account.known, *account.set_aside.values())
    assert account.rows_read == sum(counts)
    assert min(counts) >= 0
    assert 0 <= account.shadowed <= account.stored


@given(rearranged())
def test_the_books_balance(arranged: tuple[Rows, list[File]]) -> None:
    _, files = arranged
    made = history(files)
    books = made.books
    assert [file.account.rows_read for file in books.files] == list(map(len, files))
    for file, rows in zip(books.files, files, strict=True):
        assert_balanced(file.account)
        assert file.account.set_aside == _reasons(_as_rows(rows))
    assert_balanced(books.total)
    assert books.total.rows_read == sum(map(len, files))
    assert books.total.stored == sum(file.account.stored for file in books.files)
    assert len(made.listens) == books.total.stored - books.total.shadowed


def _key_of_names(row: Row) -> tuple[str, str]:
    """The names of `ARTISTS` and `TITLES` folded, without `name_key`."""
    folded = {"YE": "ye", "Ye": "ye", "\uff39\uff45": "ye", "Kanye": "kanye"}
    titles = {"One": "one", "one ": "one", "\uff2fne": "one", "Two": "two"}
    artist, title = _names(row)
    return folded.get(str(artist), "unknown artist"), titles.get(str(title), "unknown")


def _listens(rows: list[Row]) -> list[Row]:
    dirt = [bad for part in DIRTS for bad in part.values()]
    bad_rows = {id(row) for part in dirt for row in part}
    return [row for row in rows if id(row) not in bad_rows and not _is_unknown(row)]


@dataclass(frozen=True)
class Ended:
    """A listen of a source that is richer than the API."""

    earliest: datetime
    latest: datetime
    ms: float | None
    names: frozenset[tuple[str, str]]

    def is_meant_by(self, told: datetime) -> bool:
        half = 60.0 if self.ms is None else min(self.ms / 2_000, 3_600)
        since = self.earliest - timedelta(seconds=half)
        return since <= told <= self.latest + timedelta(seconds=60)


@given(ROWS)
def test_stored_and_shadowed_are_what_the_rules_say(rows: Rows) -> None:
    """The rules of the design once more, in plain Python over the clean rows."""
    extended, account = _listens(rows.extended), _listens(rows.account)
    told = {
        (datetime.fromisoformat(str(row["played_at"])), _recording(row))
        for row in _listens(rows.told)
    }
    extended_keys = {(row["ts"], _recording(row), row["ms_played"]) for row in extended}
    account_keys = {
        (row["endTime"], _recording(row), row["msPlayed"]) for row in account
    }
    spelled: dict[object, set[tuple[str, str]]] = {}
    for row in (*extended, *account, *_listens(rows.told)):
        spelled.setdefault(_recording(row), set()).add(_key_of_names(row))
    richer = {
        (str(ts)[:16].replace("T", " "), names)
        for ts, recording, _ in extended_keys
        for names in spelled[recording]
    }
    ended = [
        Ended(at, at, _ms(ms), frozenset(spelled[recording]))
        for ts, recording, ms in extended_keys
        for at in [datetime.fromisoformat(str(ts))]
    ] + [
        Ended(at, at + timedelta(minutes=1), _ms(ms), frozenset(spelled[recording]))
        for end, recording, ms in account_keys
        for at in [datetime.fromisoformat(f"{end}Z")]
    ]
    total = history(rows.files()).books.total
    assert total.stored == len(extended_keys) + len(account_keys) + len(told)
    assert total.shadowed == sum(key[:2] in richer for key in account_keys) + sum(
        any(one.is_meant_by(at) and one.names & spelled[recording] for one in ended)
        for at, recording in told
    )


def _recording(row: Row) -> object:
    track = row["track"] if is_told(row) else {"uri": row.get("spotify_track_uri")}
    assert isinstance(track, dict)
    return track["uri"] or _key_of_names(row)


def _ms(value: object) -> float | None:
    assert value is None or isinstance(value, int | float)
    return value
