"""Dates and durations, through files: design.md 4, "set aside, row by row"."""

from pathlib import Path

import pytest

from tests.exports import account_row, extended_row, history_at, history_of, played


def _row_with_duration(literal: str) -> bytes:
    return (
        '[{"ts": "2023-05-01T10:00:00Z", "master_metadata_track_name": "Song",'
        f' "ms_played": {literal}}}]'
    ).encode()


@pytest.mark.parametrize(
    "literal",
    [
        "-1",
        "1.5",
        "true",
        "false",
        '"abc"',
        '"30000"',
        '""',
        "2147483648",
        "1e400",
        "-1e400",
        "123456789012345678901234567890",
        pytest.param("1" * 5_000, id="5,000 digits"),
        "[]",
        "{}",
    ],
)
def test_a_bad_duration_is_set_aside(tmp_path: Path, literal: str) -> None:
    (tmp_path / "a.json").write_bytes(_row_with_duration(literal))
    history = history_at(tmp_path)
    assert history.books.total.set_aside == {"bad_duration": 1}
    assert played(history) == []


@pytest.mark.parametrize(
    ("literal", "read"),
    [
        ("0", 0),
        ("-0", 0),
        ("30000", 30_000),
        ("30000.0", 30_000),
        ("3e4", 30_000),
        ("2147483647", 2_147_483_647),
        ("null", None),
    ],
)
def test_a_duration_that_is_whole_or_unknown_is_kept(
    tmp_path: Path, literal: str, read: int | None
) -> None:
    (tmp_path / "a.json").write_bytes(_row_with_duration(literal))
    history = history_at(tmp_path)
    assert history.books.total.set_aside == {}
    assert [ms for _, ms, _, _ in played(history)] == [read]


def test_a_duration_of_days_reaches_back_over_days(tmp_path: Path) -> None:
    history = history_of(tmp_path, [extended_row(ms_played=2_147_483_647)])
    assert played(history) == [("2023-04-06 13:28:36", 2_147_483_647, "Artist", "Song")]


@pytest.mark.parametrize(
    "ts",
    [
        "nonsense",
        "",
        None,
        0,
        1_682_935_200,
        True,
        [],
        "1970-01-01T00:00:00Z",
        "2005-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "+12023-05-01T10:00:00Z",
        "999999999-01-01T00:00:00Z",
        "2023-02-30T10:00:00Z",
        "2023-05-01T24:00:00Z",
        "2023-05-01T10:00:00Z and more",
        "2023-05-01",
    ],
)
def test_a_bad_date_is_set_aside(tmp_path: Path, ts: object) -> None:
    history = history_of(tmp_path, [extended_row(ts=ts)])
    assert history.books.total.set_aside == {"bad_date": 1}
    assert played(history) == []


def test_a_missing_date_is_set_aside(tmp_path: Path) -> None:
    row = extended_row()
    del row["ts"]
    history = history_of(tmp_path, [row, extended_row()])
    assert history.books.total.set_aside == {"bad_date": 1}


@pytest.mark.parametrize("end", ["2023-13-01 10:00", "1970-01-01 00:00", None, "10:00"])
def test_a_bad_date_in_the_account_data_is_set_aside(
    tmp_path: Path, end: object
) -> None:
    history = history_of(tmp_path, [account_row(endTime=end), account_row()])
    assert history.books.total.set_aside == {"bad_date": 1}
    assert len(played(history)) == 1


@pytest.mark.parametrize(
    ("ts", "start"),
    [
        ("2023-05-01T10:00:00Z", "2023-05-01 10:00:00"),
        ("2023-05-01T10:00:00", "2023-05-01 10:00:00"),
        ("2023-05-01T10:00:00.500", "2023-05-01 10:00:00"),
        ("2023-05-01T10:00:00.500Z", "2023-05-01 10:00:00"),
        ("2023-05-01T12:00:00+02:00", "2023-05-01 10:00:00"),
        ("2023-05-01 10:00:00 UTC", "2023-05-01 10:00:00"),
        ("2023-05-01 10:00:00", "2023-05-01 10:00:00"),
        ("2006-01-01T00:00:00Z", "2006-01-01 00:00:00"),
        ("2024-02-29T23:59:59Z", "2024-02-29 23:59:59"),
    ],
)
def test_times_are_utc_however_they_are_written(
    tmp_path: Path, ts: str, start: str
) -> None:
    history = history_of(tmp_path, [extended_row(ts=ts, ms_played=0)])
    assert played(history) == [(start, 0, "Artist", "Song")]


def test_every_row_of_a_file_may_write_its_time_in_its_own_way(tmp_path: Path) -> None:
    rows = [
        extended_row(ts="2023-05-01 10:00:03", ms_played=0),
        extended_row(ts="nonsense"),
        extended_row(ts="2023-05-01T10:00:01Z", ms_played=0),
        extended_row(ts="2023-05-01T12:00:02+02:00", ms_played=0),
    ]
    history = history_of(tmp_path, rows)
    assert [start for start, _, _, _ in played(history)] == [
        "2023-05-01 10:00:01",
        "2023-05-01 10:00:02",
        "2023-05-01 10:00:03",
    ]


def test_a_row_has_one_reason_and_its_kind_comes_before_its_damage(
    tmp_path: Path,
) -> None:
    nameless = {"master_metadata_track_name": None, "ts": "x", "ms_played": -1}
    rows = [
        extended_row(**nameless, episode_name="E"),
        extended_row(**nameless),
        extended_row(ts="x", ms_played=-1),
        extended_row(ms_played=-1),
    ]
    history = history_of(tmp_path, rows)
    assert history.books.total.set_aside == {
        "podcast": 1,
        "no_track": 1,
        "bad_date": 1,
        "bad_duration": 1,
    }
