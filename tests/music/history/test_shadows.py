"""The same listen in both of Spotify's formats."""

from pathlib import Path

import pytest

from tests.exports import Row, account_row, extended_row, history_of, played, track


def shadowed(folder: Path, extended: list[Row], account: list[Row]) -> int:
    """How many rows of the account data are shadowed, in both orders of files."""
    one = history_of(folder / "one", extended, account)
    other = history_of(folder / "other", account, extended)
    assert one.listens.equals(other.listens)
    total = one.books.total
    assert total == other.books.total
    assert total.known == 0
    assert len(one.listens) == total.stored - total.shadowed
    return total.shadowed


@pytest.mark.parametrize("second", ["00", "30", "59"])
def test_the_same_track_in_the_same_minute(tmp_path: Path, second: str) -> None:
    extended = [extended_row(ts=f"2023-05-01T10:00:{second}Z")]
    assert shadowed(tmp_path, extended, [account_row()]) == 1


def test_the_extended_row_is_the_one_that_counts(tmp_path: Path) -> None:
    history = history_of(tmp_path, [account_row(msPlayed=29_000)], [extended_row()])
    assert played(history) == [("2023-05-01 09:59:30", 30_000, "Artist", "Song")]
    assert history.listens["source"].to_list() == ["spotify_extended"]


@pytest.mark.parametrize("ts", ["2023-05-01T09:59:59Z", "2023-05-01T10:01:00Z"])
def test_another_minute_is_another_listen(tmp_path: Path, ts: str) -> None:
    assert shadowed(tmp_path, [extended_row(ts=ts)], [account_row()]) == 0


def test_another_track_in_the_same_minute_is_another_listen(tmp_path: Path) -> None:
    account = [account_row(trackName="Other"), account_row(artistName="Other")]
    assert shadowed(tmp_path, [extended_row()], account) == 0


def test_the_duration_and_the_spelling_do_not_matter(tmp_path: Path) -> None:
    account = [account_row(msPlayed=7, artistName=" ARTIST", trackName="\uff53ong")]
    assert shadowed(tmp_path, [extended_row()], account) == 1


def test_one_extended_row_shadows_all_account_rows_of_the_minute(
    tmp_path: Path,
) -> None:
    account = [account_row(msPlayed=ms) for ms in (0, 1, 2)]
    account.append(account_row(endTime="2023-05-01 10:01"))
    assert shadowed(tmp_path, [extended_row()], account) == 3


def test_several_extended_rows_in_the_minute_all_count(tmp_path: Path) -> None:
    extended = [extended_row(ms_played=ms) for ms in (0, 1, 2)]
    assert shadowed(tmp_path, extended, [account_row()]) == 1


def test_an_older_spelling_of_the_recording_shadows(tmp_path: Path) -> None:
    """The account data has the name of its day, the recording has a newer one."""
    extended = [
        track("Kanye West", "Old", "u", ts="2020-01-01T10:00:10Z"),
        track("Ye", "New", "u", ts="2023-01-01T10:00:10Z"),
    ]
    account = [
        account_row(
            endTime="2023-01-01 10:00", artistName="Kanye West", trackName="Old"
        ),
        account_row(endTime="2020-01-01 10:00", artistName="Ye", trackName="New"),
        account_row(endTime="2020-01-01 10:00", artistName="Ye", trackName="Old"),
    ]
    assert shadowed(tmp_path, extended, account) == 2


def test_a_name_that_another_recording_bore_does_not_shadow(tmp_path: Path) -> None:
    extended = [
        track("A", "One", "u1", ts="2020-01-01T10:00:00Z"),
        track("A", "Two", "u2", ts="2020-01-01T11:00:00Z"),
    ]
    account = [
        account_row(endTime="2020-01-01 11:00", artistName="A", trackName="One"),
        account_row(endTime="2020-01-01 10:00", artistName="A", trackName="Two"),
    ]
    assert shadowed(tmp_path, extended, account) == 0


def test_either_of_two_recordings_of_a_track_shadows(tmp_path: Path) -> None:
    extended = [
        track("Artist", "Song", "single", ts="2023-05-01T10:00:10Z"),
        track("Artist", "Song", "album", ts="2023-05-01T10:05:10Z"),
    ]
    account = [account_row(), account_row(endTime="2023-05-01 10:05")]
    assert shadowed(tmp_path, extended, account) == 2


def test_extended_rows_without_a_uri_shadow_too(tmp_path: Path) -> None:
    assert shadowed(tmp_path, [track("Artist", "Song", None)], [account_row()]) == 1


def test_an_extended_row_that_was_set_aside_shadows_nothing(tmp_path: Path) -> None:
    extended = [extended_row(ms_played=-1), extended_row(ts="2022-01-01T10:00:00Z")]
    assert shadowed(tmp_path, extended, [account_row()]) == 0


def test_account_times_with_seconds_are_cut_to_the_minute(tmp_path: Path) -> None:
    extended = [extended_row(ts="2023-05-01T10:00:45Z")]
    account = [account_row(endTime="2023-05-01 10:00:30")]
    assert shadowed(tmp_path, extended, account) == 1


def test_account_rows_of_one_minute_do_not_shadow_one_another(tmp_path: Path) -> None:
    history = history_of(tmp_path, [account_row(), account_row(msPlayed=1)])
    assert history.books.total.shadowed == 0
    assert len(history.listens) == 2
