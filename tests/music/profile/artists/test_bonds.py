from datetime import date, timedelta

import pytest

from tests.music.profile.histories import Listen, about, at, listen, profile_of
from unwrapped.music.profile.artists.bonds import (
    Arrival,
    Bonds,
    Comeback,
    Constant,
    DeepDive,
    Farewell,
    OneTrack,
)


def times(count: int, first: str, track: str = "Abba/Waterloo") -> list[Listen]:
    """`count` plays of a track, ten minutes apart."""
    begin = at(first)
    return [
        listen(
            (begin + i * timedelta(minutes=10)).replace(tzinfo=None).isoformat(), track
        )
        for i in range(count)
    ]


def test_the_longest_absence_is_the_comeback() -> None:
    rows = [
        *times(5, "2024-01-01T10:00", "Abba/Waterloo"),
        *times(6, "2024-03-01T10:00", "Abba/Waterloo"),  # away for 60 days
        *times(4, "2024-01-01T10:00", "Queen/Innuendo"),  # too few before
        *times(9, "2025-01-01T10:00", "Queen/Innuendo"),
        *times(9, "2024-01-01T10:00", "Zappa/Montana"),
        *times(4, "2025-01-01T10:00", "Zappa/Montana"),  # too few after
    ]
    assert profile_of(rows).bonds.comeback == Comeback(
        artist="Abba",
        away_days=60,
        left_day=date(2024, 1, 1),
        returned_day=date(2024, 3, 1),
        plays_before=5,
        plays_since=6,
    )


def test_a_comeback_returns_in_the_period_and_counts_the_plays_in_it() -> None:
    rows = [
        *times(7, "2023-12-30T10:00"),
        *times(5, "2024-03-01T10:00"),
        *times(9, "2025-06-01T10:00"),
    ]
    comeback = profile_of(rows, "2024").bonds.comeback
    assert comeback is not None
    assert (comeback.plays_before, comeback.plays_since) == (7, 5)
    assert comeback.away_days == 62
    assert profile_of(rows, "2023").bonds.comeback is None


def test_an_artist_not_played_for_180_days_is_a_farewell() -> None:
    rows = [
        *times(9, "2025-01-01T10:00", "Abba/Waterloo"),
        *times(5, "2025-01-04T10:00", "Zappa/Montana"),
        *times(6, "2025-01-02T10:00", "Queen/Innuendo"),
        listen("2025-07-02T10:00", "Abba/Waterloo"),  # 180 days after 3 January
    ]
    assert profile_of(rows).bonds.farewell == Farewell(
        artist="Queen",
        plays=6,
        share=about(6 / 21),
        last_day=date(2025, 1, 2),
        rank=2,
        plays_after=6,
        days_after=2,
    )


@pytest.mark.parametrize(
    ("last", "artist"), [("2025-06-29T00:00", None), ("2025-06-30T00:00", "Zappa")]
)
def test_the_last_180_days_are_counted_by_the_day(
    last: str, artist: str | None
) -> None:
    rows = [listen("2025-01-01T23:00", "Zappa/Montana"), listen(last)]
    farewell = profile_of(rows).bonds.farewell
    assert (farewell and farewell.artist) == artist


def test_an_artist_first_played_in_the_last_60_days_is_an_arrival() -> None:
    rows = [
        *times(9, "2025-01-01T10:00", "Abba/Waterloo"),
        *times(9, "2025-02-01T10:00", "Queen/Innuendo"),  # on day 60 before the last
        *times(3, "2025-02-02T10:00", "Zappa/Montana"),
        *times(2, "2025-03-02T10:00", "Blur/Song 2"),
        *times(5, "2025-04-02T10:00", "Abba/Waterloo"),
    ]
    assert profile_of(rows).bonds.arrival == Arrival(
        artist="Zappa", plays=3, first_day=date(2025, 2, 2)
    )


def test_an_artist_of_one_track_has_no_other_in_the_whole_history() -> None:
    rows = [
        *times(20, "2025-01-01T10:00", "Zappa/Montana"),
        *times(25, "2025-01-02T10:00", "Abba/Waterloo"),
        listen("2024-01-02T10:00", "Abba/Fernando"),
        *times(19, "2025-01-03T10:00", "Queen/Innuendo"),
    ]
    assert profile_of(rows, "2025").bonds.one_track == OneTrack(
        artist="Zappa", title="Montana", plays=20
    )
    assert profile_of(rows[1:], "2025").bonds.one_track is None


def test_the_deepest_dive_has_the_most_tracks() -> None:
    rows = [
        *times(9, "2025-01-01T10:00", "Abba/Waterloo"),
        listen("2025-01-02T10:00", "Zappa/Montana"),
        listen("2025-01-02T11:00", "Zappa/Inca Roads"),
        listen("2025-01-02T12:00", "Queen/Innuendo"),
        listen("2025-01-02T13:00", "Queen/Bicycle"),
    ]
    assert profile_of(rows).bonds.deep_dive == DeepDive(artist="Queen", tracks=2)


def test_the_constant_is_played_in_the_most_months() -> None:
    rows = [
        *(listen(f"2025-0{month}-01T10:00", "Zappa/Montana") for month in range(1, 6)),
        listen("2025-05-02T10:00", "Zappa/Montana"),
        *(listen(f"2025-0{month}-01T11:00", "Abba/Waterloo") for month in range(1, 6)),
        *times(9, "2025-08-01T10:00", "Queen/Innuendo"),
    ]
    assert profile_of(rows).bonds.constant == Constant(
        artist="Zappa", months=5, of_months=6, every_month=0
    )
    assert profile_of(rows, "2025-01-01..2025-07-31").bonds.constant is None


def test_artists_of_every_month_are_counted() -> None:
    rows = [
        listen(f"2025-{month:02}-01T{hour}:00", f"{artist}/Song")
        for month in range(1, 7)
        for hour, artist in ((10, "Zappa"), (11, "Abba"), (12, f"Artist {month % 5}"))
    ]
    assert profile_of(rows).bonds.constant == Constant(
        artist="Abba", months=6, of_months=6, every_month=2
    )


def test_a_single_play_makes_no_bond() -> None:
    assert profile_of([listen("2025-01-01T10:00")]).bonds == Bonds(
        comeback=None,
        farewell=None,
        arrival=None,
        one_track=None,
        deep_dive=DeepDive(artist="Abba", tracks=1),
        constant=None,
    )
