"""The exact key decides which rows are known; too many bad rows refuse an upload."""

import itertools
from pathlib import Path

import pytest

from tests.exports import (
    Row,
    account_row,
    extended_row,
    history_at,
    history_of,
    played,
    track,
    write_json,
)
from unwrapped.music.sources.limits import TooManyBadRows


@pytest.mark.parametrize(
    "other",
    [
        extended_row(ts="2023-05-01T10:00:16Z"),
        extended_row(ms_played=30_001),
        extended_row(ms_played=None),
        extended_row(ms_played=0),
        extended_row(spotify_track_uri="spotify:track:2"),
        extended_row(spotify_track_uri=None),
    ],
    ids=["time", "duration", "no duration", "0 ms", "recording", "no uri"],
)
def test_a_near_repeat_counts(tmp_path: Path, other: Row) -> None:
    history = history_of(tmp_path, [extended_row(), other])
    assert (len(history.listens), history.books.total.known) == (2, 0)


@pytest.mark.parametrize(
    "other",
    [
        extended_row(),
        extended_row(ms_played=30_000.0),
        extended_row(reason_end="fwdbtn", skipped=True, shuffle=None),
        extended_row(platform="ios", conn_country="FR", incognito_mode=True),
        extended_row(ts="2023-05-01T12:00:00+02:00"),
        extended_row(master_metadata_track_name="Another spelling"),
        extended_row(master_metadata_album_album_name=None),
    ],
    ids=["same", "float", "marks", "place", "zone", "spelling", "album"],
)
def test_an_exact_repeat_is_known(tmp_path: Path, other: Row) -> None:
    history = history_of(tmp_path, [extended_row(), other])
    assert (len(history.listens), history.books.total.known) == (1, 1)


def test_unknown_durations_equal_one_another(tmp_path: Path) -> None:
    missing = extended_row()
    del missing["ms_played"]
    history = history_of(tmp_path, [extended_row(ms_played=None), missing])
    assert (len(history.listens), history.books.total.known) == (1, 1)


def test_several_rows_in_one_second_are_kept(tmp_path: Path) -> None:
    rows = [track("A", f"T{n}", f"u{n}", ms_played=0) for n in range(9)]
    history = history_of(tmp_path, rows)
    assert played(history) == [
        ("2023-05-01 10:00:00", 0, "A", f"T{n}") for n in range(9)
    ]


def test_both_formats_are_kept_apart_by_the_key(tmp_path: Path) -> None:
    rows = [track("Artist", "Song", None, ts="2023-05-01T10:00:00Z")]
    history = history_of(tmp_path, rows, [account_row()])
    total = history.books.total
    assert (total.stored, total.known, total.shadowed) == (2, 0, 1)


def test_names_are_the_recording_where_there_is_no_uri(tmp_path: Path) -> None:
    rows = [
        track("Artist", "Song", None),
        track("ARTIST", " song", None),
        track("Artist", "Song 2", None),
    ]
    history = history_of(tmp_path, rows)
    assert (len(history.listens), history.books.total.known) == (2, 1)


MARKS: list[Row] = [
    {"reason_end": "trackdone", "skipped": True, "shuffle": False},
    {"reason_end": "trackdone", "skipped": True, "shuffle": True},
    {"reason_end": "endplay", "skipped": None, "shuffle": True},
    {"reason_end": None, "skipped": False, "shuffle": None},
]


def test_which_of_equal_rows_stays_does_not_depend_on_their_order(
    tmp_path: Path,
) -> None:
    kept = set()
    for number, marks in enumerate([*itertools.permutations(MARKS)][::2]):
        rows = [extended_row(**mark) for mark in marks]
        cut = number % len(rows)
        history = history_of(tmp_path / str(number), rows[:cut], rows[cut:])
        kept.add(history.listens.select("reason_end", "skipped", "shuffle").row(0))
    assert kept == {("endplay", None, True)}


def test_marks_do_not_depend_on_which_reasons_were_read_before(tmp_path: Path) -> None:
    """`reason_end` is sorted alphabetically, not in the order of appearance."""
    first = extended_row(reason_end="zzz", ts="2022-01-01T00:00:00Z")
    rows = [extended_row(reason_end="zzz"), extended_row(reason_end="aaa")]
    history = history_of(tmp_path, [first], rows)
    assert history.listens["reason_end"].to_list() == ["zzz", "aaa"]


def rows_of_which_bad(rows: int, bad: int) -> list[Row]:
    """Half of the bad rows have no date, the others no duration."""
    worse = [extended_row(ts="x") for _ in range(bad // 2)]
    worse += [extended_row(ms_played=-1) for _ in range(bad - bad // 2)]
    return worse + [extended_row(ms_played=n) for n in range(rows - bad)]


@pytest.mark.parametrize(
    ("rows", "bad"), [(20, 20), (21, 20), (1_999, 20), (2_100, 21), (5_700, 57)]
)
def test_bad_rows_up_to_the_limit_are_set_aside(
    tmp_path: Path, rows: int, bad: int
) -> None:
    total = history_of(tmp_path, rows_of_which_bad(rows, bad)).books.total
    assert total.rows_read == rows
    assert sum(total.set_aside.values()) == bad
    assert total.stored == rows - bad


@pytest.mark.parametrize(("rows", "bad"), [(21, 21), (2_099, 21), (5_699, 57)])
def test_more_bad_rows_refuse_the_upload(tmp_path: Path, rows: int, bad: int) -> None:
    file = write_json(tmp_path / "a.json", rows_of_which_bad(rows, bad))
    with pytest.raises(TooManyBadRows, match=rf"^a\.json: {bad} of {rows:,} rows"):
        history_at(file)


def test_the_upload_as_a_whole_decides_and_the_worst_file_is_named(
    tmp_path: Path,
) -> None:
    good = [extended_row(ms_played=n) for n in range(1_000, 3_000)]
    a = write_json(tmp_path / "a.json", rows_of_which_bad(5, 5))
    b = write_json(tmp_path / "b.json", rows_of_which_bad(16, 16))
    c = write_json(tmp_path / "c.json", good)
    assert history_at(a, c).books.total.stored == 2_000
    assert history_at(b, c).books.total.stored == 2_000
    with pytest.raises(TooManyBadRows, match=r"^b\.json: 21 of 2,021 rows"):
        history_at(a, b, c)


def test_podcasts_and_nameless_rows_refuse_nothing(tmp_path: Path) -> None:
    rows = [
        extended_row(master_metadata_track_name=None, ts="x", ms_played=-1)
        for _ in range(500)
    ]
    total = history_of(tmp_path, rows).books.total
    assert total.set_aside == {"no_track": 500}
