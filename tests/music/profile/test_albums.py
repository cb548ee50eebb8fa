from datetime import timedelta

import pytest

from tests.music.profile.histories import Listen, about, at, profile_of
from unwrapped.music.profile.albums import AlbumRuns


def row(
    titles: str, begin: str = "2025-01-01T10:00", album: str = "Gold"
) -> list[Listen]:
    """Consecutive plays of three minutes, one per letter; a dot is a play without an
    album."""
    return [
        Listen(
            started_at=at(begin) + i * timedelta(minutes=3),
            title=title,
            album=None if title == "." else album,
        )
        for i, title in enumerate(titles)
    ]


def runs(rows: list[Listen]) -> tuple[float, int]:
    """The share of plays in album runs, and the albums played through."""
    albums = profile_of(rows).albums
    assert albums is not None
    return albums.run_share, albums.played_through


def test_runs_of_albums_played_in_one_go() -> None:
    rows = [
        *row("ABCDE", "2025-01-01T10:00", "Gold"),
        *row("ABCDE", "2025-01-02T10:00", "Gold"),
        *row("FGHIJ", "2025-01-03T10:00", "Arrival"),
        *row("FG.", "2025-01-04T10:00", "Arrival"),
    ]
    assert profile_of(rows).albums == AlbumRuns(
        known_plays=17,
        run_share=about(15 / 17),
        played_through=3,
        artist="Abba",
        album="Gold",
        times=2,
    )


def test_four_tracks_are_not_an_album_run() -> None:
    assert profile_of(row("ABCD")).albums == AlbumRuns(
        known_plays=4, run_share=0.0, played_through=0, artist="", album="", times=0
    )


def test_an_album_played_twice_without_a_break_is_played_through_twice() -> None:
    assert runs(row("ABCDEABCDE")) == (1.0, 2)


def test_a_run_that_comes_after_a_repeated_track_counts() -> None:
    assert runs(row("AABCDE")) == (about(5 / 6), 1)
    assert runs(row("ABABCDE")) == (about(5 / 7), 1)


@pytest.mark.parametrize(("more", "through"), [("F", 1), ("FG", 0)])
def test_an_album_is_played_through_at_four_fifths_of_its_played_tracks(
    more: str, through: int
) -> None:
    rows = [*row("ABCDE"), *row(more, "2024-01-01T10:00")]
    assert runs(rows)[1] == through


def test_the_size_of_an_album_counts_tracks_played_before_the_period() -> None:
    rows = [*row("ABCDE"), *row("FGH", "2024-01-01T10:00")]
    albums = profile_of(rows, "2025").albums
    assert albums is not None
    assert (albums.run_share, albums.played_through) == (1.0, 0)


def test_any_other_play_ends_an_album_run() -> None:
    assert runs(row("ABC.DE"))[0] == 0
    other = row("X", "2025-01-01T10:09", album="Arrival")
    assert runs([*row("ABC"), *other, *row("DE", "2025-01-01T10:12")])[0] == 0
    assert runs([*row("ABC"), *row("DE", "2025-01-01T10:39")])[0] == 0  # 30 minutes
    assert runs([*row("ABC"), *row("DE", "2025-01-01T10:38")])[0] == 1


def test_album_runs_are_none_when_no_album_is_known() -> None:
    assert profile_of(row("....")).albums is None
