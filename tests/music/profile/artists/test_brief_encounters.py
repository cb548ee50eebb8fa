from datetime import date

import pytest

from tests.music.profile.histories import Listen, listen, profile_of
from unwrapped.music.profile.artists.brief_encounters import (
    Fling,
    OneDayArtist,
    OneDayTrack,
    OnePlay,
)
from unwrapped.music.profile.milestones import Moment


def on(day: str, track: str, count: int = 1) -> list[Listen]:
    return [listen(f"{day}T10:{3 * i:02}", track) for i in range(count)]


def test_an_artist_who_was_played_once_is_named_by_that_play() -> None:
    rows = [
        *on("2024-12-01", "Early/Song"),
        *on("2025-01-01", "Abba/Waterloo", 2),
        *on("2025-01-02", "Queen/Innuendo"),
        *on("2025-01-03", "Blur/Song 2"),
    ]
    once = profile_of(rows, "2025").encounters.one_play
    assert once == OnePlay(artist="Queen", title="Innuendo", day=date(2025, 1, 2))


def test_an_artist_and_a_track_can_be_played_on_one_day_only() -> None:
    rows = [
        *on("2025-01-01", "Abba/Waterloo", 3),
        *on("2025-01-01", "Abba/Fernando", 4),
        *on("2025-01-02", "Queen/Innuendo", 5),
        *on("2025-01-03", "Queen/Bicycle"),
    ]
    encounters = profile_of(rows).encounters
    assert encounters.one_day_artist == OneDayArtist(
        artist="Abba", plays=7, tracks=2, day=date(2025, 1, 1)
    )
    assert encounters.one_day_track == OneDayTrack(
        artist="Queen", title="Innuendo", plays=5, day=date(2025, 1, 2)
    )


@pytest.mark.parametrize(
    ("last", "ends", "is_fling"),
    [
        ("2025-03-31", "2025-05-30", True),
        ("2025-04-01", "2025-06-30", False),  # 32 days
        ("2025-03-31", "2025-05-29", False),  # 59 days later the log ends
    ],
)
def test_a_fling_lasts_at_most_a_month_far_from_the_ends_of_the_history(
    last: str, ends: str, is_fling: bool
) -> None:
    rows = [
        *on("2024-12-31", "Abba/Waterloo"),
        *on("2025-03-01", "Zappa/Montana", 12),
        *on(last, "Zappa/Montana", 8),
        *on(ends, "Abba/Waterloo"),
    ]
    fling = profile_of(rows).encounters.fling
    expected = Fling(
        artist="Zappa",
        plays=20,
        first_day=date(2025, 3, 1),
        last_day=date.fromisoformat(last),
    )
    assert fling == (expected if is_fling else None)


def test_moments_are_the_first_the_last_and_the_hundredth_play() -> None:
    rows = [
        listen("2025-01-01T10:00", "Abba/Waterloo"),
        *(
            listen(f"2025-01-{2 + i // 20:02}T11:{3 * (i % 20):02}", "Blur/Song 2")
            for i in range(100)
        ),
        listen("2025-02-01T10:00", "Abba/Waterloo"),
    ]
    moments = profile_of(rows).moments
    assert moments.first == Moment(
        number=1, artist="Abba", title="Waterloo", day=date(2025, 1, 1), plays=2
    )
    assert moments.last is not None
    assert moments.last.number == 102
    assert moments.milestone == Moment(
        number=100, artist="Blur", title="Song 2", day=date(2025, 1, 6), plays=100
    )
    assert profile_of(rows[:99]).moments.milestone is None
