"""How tracks are counted and named."""

from pathlib import Path

import polars as pl

from tests.exports import account_row, extended_row, history_of, played, track
from unwrapped.music.history.building import History
from unwrapped.music.history.shown_names import LISTEN_COLUMNS
from unwrapped.music.sources.logs import LogName


def names(history: History) -> list[tuple[str, str]]:
    return [shown[2:] for shown in played(history)]


def test_the_columns_and_their_types(tmp_path: Path) -> None:
    listens = history_of(tmp_path, [extended_row()]).listens
    assert tuple(listens.columns) == LISTEN_COLUMNS
    assert dict(listens.schema) == {
        "started_at": pl.Datetime("us", "UTC"),
        "ms_played": pl.Int64,
        "track": pl.UInt32,
        "artist": pl.Enum(["Artist"]),
        "title": pl.Enum(["Song"]),
        "album": pl.Enum(["Album"]),
        "source": pl.Enum([log.value for log in LogName]),
        "reason_end": pl.Categorical,
        "skipped": pl.Boolean,
        "shuffle": pl.Boolean,
    }


def test_sorted_by_start_then_names(tmp_path: Path) -> None:
    rows = [
        track("B", "a", "1", ts="2023-05-01T10:00:05Z", ms_played=5_000),
        track("A", "b", "2", ts="2023-05-01T10:00:10Z", ms_played=10_000),
        track("A", "a", "3", ts="2023-05-01T10:00:00Z", ms_played=0),
        track("Z", "z", "4", ts="2023-05-01T10:00:30Z", ms_played=31_000),
        track("A", "a", "3", ts="2023-05-01T10:00:00Z", ms_played=None),
    ]
    assert played(history_of(tmp_path, rows)) == [
        ("2023-05-01 09:59:59", 31_000, "Z", "z"),
        ("2023-05-01 10:00:00", None, "A", "a"),
        ("2023-05-01 10:00:00", 0, "A", "a"),
        ("2023-05-01 10:00:00", 10_000, "A", "b"),
        ("2023-05-01 10:00:00", 5_000, "B", "a"),
    ]


def test_one_title_under_two_uris_is_one_track(tmp_path: Path) -> None:
    rows = [
        track("A", "T", "single", master_metadata_album_album_name="T - Single"),
        track("A", "T", "album", master_metadata_album_album_name="LP"),
        track("A", "Other", "other"),
        track("B", "T", "cover"),
    ]
    listens = history_of(tmp_path, rows).listens
    assert listens.filter(artist="A", title="T")["track"].n_unique() == 1
    assert listens["track"].n_unique() == 3
    shown = listens.filter(artist="A", title="T")["album"].cast(pl.String)
    assert sorted(shown) == ["LP", "T - Single"]


def test_both_formats_and_every_spelling_make_one_track(tmp_path: Path) -> None:
    extended = [track("Sigur Rós", "Ágætis", "1"), track("SIGUR RÓS", "ágætis", "2")]
    account = [
        account_row(
            endTime="2024-01-01 10:00", artistName="Sigur ros", trackName="Ágætis"
        ),
        account_row(
            endTime="2024-01-01 10:00",
            artistName="Sigur Ro\u0301s",
            trackName=" Ágætis ",
        ),
    ]
    listens = history_of(tmp_path, extended, account).listens
    assert listens["track"].n_unique() == 2
    assert listens.filter(pl.col("artist") == "Sigur ros").height == 1


def test_a_uri_spelled_again_is_one_track_under_its_latest_spelling(
    tmp_path: Path,
) -> None:
    rows = [
        track("Ye", "Stronger", "u", ts="2022-01-01T00:00:00Z"),
        track("Kanye West", "Stronger", "u", ts="2019-01-01T00:00:00Z"),
        track("Kanye West", "Stronger (2007)", "u", ts="2020-01-01T00:00:00Z"),
    ]
    history = history_of(tmp_path, rows)
    assert names(history) == [("Ye", "Stronger")] * 3
    assert history.listens["track"].n_unique() == 1


def test_the_latest_listen_decides_and_not_the_newest_spelling(tmp_path: Path) -> None:
    rows = [
        track("Old", "T", "u", ts="2019-01-01T00:00:00Z"),
        track("New", "T", "u", ts="2020-01-01T00:00:00Z"),
        track("Old", "T", "u", ts="2021-01-01T00:00:00Z"),
    ]
    assert names(history_of(tmp_path, rows)) == [("Old", "T")] * 3


def test_a_uri_that_took_the_name_of_another_track_joins_it(tmp_path: Path) -> None:
    rows = [
        track("A", "T (Remaster)", "u", ts="2019-01-01T00:00:00Z"),
        track("A", "T", "u", ts="2022-01-01T00:00:00Z"),
        track("a", "t", "v", ts="2018-01-01T00:00:00Z"),
    ]
    history = history_of(tmp_path, rows)
    assert names(history) == [("A", "T")] * 3
    assert history.listens["track"].n_unique() == 1


def test_names_apart_in_case_alone_are_shown_as_the_latest(tmp_path: Path) -> None:
    rows = [
        track("KORN", "Blind", "1", ts="2019-01-01T00:00:00Z"),
        track("Korn", "BLIND", "2", ts="2021-01-01T00:00:00Z"),
        track("korn", "Freak", "3", ts="2020-01-01T00:00:00Z"),
    ]
    history = history_of(tmp_path, rows)
    assert names(history) == [("Korn", "BLIND"), ("Korn", "Freak"), ("Korn", "BLIND")]


def test_of_equally_late_spellings_the_first_of_the_alphabet_is_shown(
    tmp_path: Path,
) -> None:
    rows = [
        track("b", "Title", "1"),
        track("B", "title", "2"),
        track("X", "late", "3"),
        track("W", "late", "3"),
    ]
    history = history_of(tmp_path, rows)
    assert names(history) == [("B", "title"), ("B", "title"), ("W", "late")]
    assert history.books.total.known == 1


def test_albums_are_shown_in_their_latest_spelling_too(tmp_path: Path) -> None:
    rows = [
        track(
            "A",
            "1",
            "1",
            ts="2019-01-01T00:00:00Z",
            master_metadata_album_album_name="ok computer",
        ),
        track(
            "A",
            "2",
            "2",
            ts="2020-01-01T00:00:00Z",
            master_metadata_album_album_name="OK Computer",
        ),
        track(
            "B",
            "1",
            "3",
            ts="2021-01-01T00:00:00Z",
            master_metadata_album_album_name="OK COMPUTER",
        ),
    ]
    listens = history_of(tmp_path, rows).listens
    assert listens["album"].to_list() == ["OK Computer", "OK Computer", "OK COMPUTER"]


def test_unknown_albums_stay_unknown(tmp_path: Path) -> None:
    rows = [
        track("A", "1", "1", master_metadata_album_album_name=None),
        track("A", "2", "2", master_metadata_album_album_name=""),
        track("A", "3", "3"),
    ]
    listens = history_of(tmp_path, rows).listens
    assert listens["album"].to_list() == [None, None, "Album"]
