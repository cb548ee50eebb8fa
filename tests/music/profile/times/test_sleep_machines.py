from datetime import date, timedelta

import pytest

from tests.music.profile.histories import Listen, about, at, listen, profile_of
from unwrapped.music.profile.times.sleep_machines import SleepMachine


def looped(first: str, count: int, track: str = "Sounds/Brown Noise") -> list[Listen]:
    """`count` plays of a track, one right after another."""
    return [
        listen((at(first) + i * timedelta(minutes=3)).isoformat()[:19], track)
        for i in range(count)
    ]


SONGS = [
    *looped("2025-01-05T12:00", 12, "Abba/Waterloo"),
    *looped("2025-01-06T12:00", 3, "Queen/Innuendo"),
]


def test_a_track_played_ten_times_in_a_row_from_the_night_on_is_a_sleep_machine() -> (
    None
):
    rows = [
        *looped("2025-01-01T23:30", 22),
        *looped("2025-01-03T01:00", 10),
        *looped("2025-01-04T12:00", 1),
        *SONGS,
    ]
    profile = profile_of(rows)
    assert profile.sleep == SleepMachine(
        tracks=1,
        share=about(33 / 48),
        artist="Sounds",
        title="Brown Noise",
        plays=33,
        longest_run=22,
        longest_day=date(2025, 1, 1),
        nights=2,
    )
    assert profile.favourites.artists[0].artist == "Sounds"


def test_a_sleep_machine_is_in_no_measure_of_liking() -> None:
    profile = profile_of([*looped("2025-01-01T23:30", 60), *SONGS])
    repetition = profile.repetition
    assert (repetition.loop_artist, repetition.longest_loop) == ("Abba", 12)
    assert [one.artist for one in repetition.obsessions] == ["Abba", "Queen"]
    assert repetition.solo is not None
    assert repetition.solo.artist == "Abba"
    assert [one.artist for one in profile.charts.artists] == ["Abba", "Queen"]
    assert profile.bonds.one_track is None
    assert profile.encounters.one_day_artist is not None
    assert profile.encounters.one_day_artist.artist == "Abba"


@pytest.mark.parametrize(
    ("first", "count", "sleeps"),
    [
        ("2025-01-01T22:59", 30, False),
        ("2025-01-01T23:00", 9, False),
        ("2025-01-01T23:00", 10, True),
        ("2025-01-01T06:59", 10, True),
        ("2025-01-01T07:00", 30, False),
    ],
)
def test_a_sleep_run_begins_from_23_to_7_and_has_ten_plays(
    first: str, count: int, sleeps: bool
) -> None:
    assert (profile_of([*looped(first, count), *SONGS]).sleep is not None) == sleeps


def test_a_track_stays_a_sleep_machine_in_later_periods() -> None:
    rows = [*looped("2024-12-01T23:30", 30), *looped("2025-01-04T12:00", 5), *SONGS]
    sleep = profile_of(rows, "2025").sleep
    assert sleep is not None
    assert (sleep.plays, sleep.longest_run) == (5, 30)
