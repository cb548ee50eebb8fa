"""The same listen told by Spotify's API and by an export."""

import itertools
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.exports import (
    Row,
    account_row,
    extended_row,
    played,
    told_row,
    track,
)
from tests.music.kits.kits import read_rows
from unwrapped.music.history.building import History, build_history


def history_of(folder: Path, *files: Sequence[Row]) -> History:
    """The history of files and of what was told, the same in every order."""
    orders = [
        build_history(read_rows(folder, order))
        for order in itertools.permutations(files)
    ]
    one = orders[0]
    for other in orders[1:]:
        assert other.listens.equals(one.listens)
        assert other.books.total == one.books.total
    assert one.books.total.known == 0
    return one


def shadowed(folder: Path, told: list[Row], *exported: Sequence[Row]) -> int:
    """How many of the plays that were told are not counted."""
    books = history_of(folder, told, *exported).books
    (account,) = [file.account for file in books.files if file.source == "spotify_api"]
    return account.shadowed


def at(time: str, uri: str = "spotify:track:1") -> Row:
    """A play that is told with a time."""
    return told_row(uri=uri, played_at=f"2023-05-01T{time}Z")


def ended(time: str, ms: int | None = 200_000) -> Row:
    """A listen of the extended history."""
    return extended_row(ts=f"2023-05-01T{time}Z", ms_played=ms)


def cut(time: str, ms: int | None = 200_000) -> Row:
    """A listen of the account data."""
    return account_row(endTime=f"2023-05-01 {time}", msPlayed=ms)


@pytest.mark.parametrize(
    ("told", "exported", "expected"),
    [
        pytest.param("10:00:00.500", ended("10:00:00"), 1, id="at its end"),
        pytest.param("09:59:59.500", ended("10:00:00"), 1, id="before its end"),
        pytest.param("09:58:20", ended("10:00:00"), 1, id="in its middle"),
        pytest.param("09:58:19.999", ended("10:00:00"), 0, id="before its middle"),
        pytest.param("09:56:40", ended("10:00:00"), 0, id="at its start"),
        pytest.param("10:01:00", ended("10:00:00"), 1, id="a minute late"),
        pytest.param("10:01:00.001", ended("10:00:00"), 0, id="later"),
        pytest.param("09:59:00", ended("10:00:00", None), 1, id="unknown duration"),
        pytest.param("09:58:59.999", ended("10:00:00", None), 0, id="unknown, before"),
        pytest.param("10:00:00", ended("10:00:00", 0), 1, id="no duration"),
        pytest.param("09:59:59.999", ended("10:00:00", 0), 0, id="none, before"),
        pytest.param("09:00:00", ended("10:00:00", 10**8), 1, id="hour of a long one"),
        pytest.param("08:59:59.999", ended("10:00:00", 10**8), 0, id="hour, before"),
        pytest.param("10:00:00", cut("10:00"), 1, id="in its minute"),
        pytest.param("10:02:00", cut("10:00"), 1, id="a minute after its minute"),
        pytest.param("10:02:00.001", cut("10:00"), 0, id="after that"),
        pytest.param("09:58:20", cut("10:00"), 1, id="in the earliest middle"),
        pytest.param("09:58:19.999", cut("10:00"), 0, id="before every middle"),
        pytest.param("09:59:00", cut("10:00", None), 1, id="minute, unknown duration"),
        pytest.param("10:00:30", cut("10:00:45"), 1, id="minute with seconds"),
    ],
)
def test_when_a_play_is_the_listen_of_an_export(
    tmp_path: Path, told: str, exported: Row, expected: int
) -> None:
    assert shadowed(tmp_path, [at(told)], [exported]) == expected


def test_the_export_is_what_counts(tmp_path: Path) -> None:
    history = history_of(tmp_path, [at("10:00:01.234")], [ended("10:00:00", 30_000)])
    assert played(history) == [("2023-05-01 09:59:30", 30_000, "Artist", "Song")]
    assert history.listens["source"].to_list() == ["spotify_extended"]


def test_a_track_again_and_again_each_play_is_that_which_has_ended(
    tmp_path: Path,
) -> None:
    """The end of one is the start of the next."""
    ends = ["10:00:00", "10:03:20", "10:06:40"]
    exported = [ended(end) for end in ends]
    told = [at(f"{end}.250") for end in ends]
    assert shadowed(tmp_path, told, exported) == 3
    # Until here the export goes: the last play is in none of its listens.
    assert shadowed(tmp_path, told, exported[:2]) == 2
    assert shadowed(tmp_path, told[:1], exported[1:]) == 0


def test_another_track_is_another_listen(tmp_path: Path) -> None:
    others = [
        track("Artist", "Other", "spotify:track:2", ts="2023-05-01T10:00:00Z"),
        track("Other", "Song", "spotify:track:3", ts="2023-05-01T10:00:00Z"),
    ]
    account = [account_row(trackName="Other"), account_row(artistName="Other")]
    assert shadowed(tmp_path, [at("10:00:00")], others, account) == 0


def test_a_listen_in_all_three_sources_counts_once(tmp_path: Path) -> None:
    history = history_of(
        tmp_path, [at("10:00:00.9")], [ended("10:00:00")], [cut("10:00")]
    )
    assert history.books.total.shadowed == 2
    assert history.listens["source"].to_list() == ["spotify_extended"]


def test_a_row_that_is_not_counted_itself_tells_of_the_listen_all_the_same(
    tmp_path: Path,
) -> None:
    """The extended row ended at the beginning of the minute, the account row anywhere."""
    told, exported = at("10:01:30"), [ended("10:00:00", 1_000)]
    assert shadowed(tmp_path, [told], exported) == 0
    assert shadowed(tmp_path, [told], exported, [cut("10:00")]) == 1


def test_another_uri_of_the_track_is_the_same_listen(tmp_path: Path) -> None:
    told = at("10:00:00", uri="spotify:track:another")
    assert shadowed(tmp_path, [told], [ended("10:00:00")]) == 1


def test_names_do_not_matter_where_the_uri_is_the_same(tmp_path: Path) -> None:
    told = told_row("Ye", "New name", played_at="2023-05-01T10:00:00Z")
    assert shadowed(tmp_path, [told], [ended("10:00:00")]) == 1


def test_names_that_both_recordings_have_had_once(tmp_path: Path) -> None:
    """The play is told under a new name, and its export under an old one."""
    told = told_row("Ye", "New", "u2", "2023-05-01T10:00:00Z")
    exported = [track("Ye", "Old", "u1", ts="2023-05-01T10:00:00Z")]
    assert shadowed(tmp_path, [told], exported) == 0
    once = track("Ye", "New", "u1", ts="2019-01-01T10:00:00Z")
    assert shadowed(tmp_path, [told], [*exported, once]) == 1
    once_told = told_row("Ye", "Old", "u2", "2022-01-01T10:00:00Z")
    assert shadowed(tmp_path, [told, once_told], exported) == 1


def test_plays_do_not_shadow_one_another(tmp_path: Path) -> None:
    told = [at("10:00:00"), at("10:00:01"), at("10:00:01", uri="spotify:track:2")]
    assert shadowed(tmp_path, told) == 0


def test_a_play_shadows_no_listen_of_an_export(tmp_path: Path) -> None:
    history = history_of(tmp_path, [at("10:00:00")], [cut("10:00")])
    assert history.listens["source"].to_list() == ["spotify_account"]


def test_listens_that_were_set_aside_shadow_nothing(tmp_path: Path) -> None:
    exported = [extended_row(ms_played=-1), extended_row(ts="2022-01-01T10:00:00Z")]
    assert shadowed(tmp_path, [at("10:00:00")], exported) == 0
