from tests.music.profile.histories import Listen, listen, profile_of
from unwrapped.music.profile.times.leaders_by_time import (
    Daypart,
    Dayparts,
    Lead,
    TrackTime,
    quietest,
)


def at(hour: int, track: str, days: int = 1, a_day: int = 1) -> list[Listen]:
    """Plays on a number of days from Monday, 6 January 2025."""
    return [
        listen(f"2025-01-{6 + day:02}T{hour:02}:{3 * i:02}", track)
        for day in range(days)
        for i in range(a_day)
    ]


ROWS = [
    *at(2, "Queen/Innuendo", a_day=3),
    *at(3, "Abba/Waterloo", a_day=2),
    *at(3, "Abba/Fernando"),
    *at(10, "Abba/Waterloo", days=12, a_day=2),
]


def test_each_daypart_has_its_leading_artist_and_track() -> None:
    parts = profile_of(ROWS).dayparts
    assert parts.night == Daypart(
        plays=6,
        artist="Abba",
        artist_plays=3,
        next_artist="Queen",
        next_plays=3,
        first_plays=3,
        track_artist="Queen",
        title="Innuendo",
        track_plays=3,
    )
    assert parts.morning is None
    assert parts.weekend is not None
    assert (parts.weekend.artist, parts.weekend.next_artist) == ("Abba", "")
    assert parts.peak is not None
    assert parts.peak.plays == 24
    assert parts.hours[2] == Lead(artist="Queen", plays=3)
    assert parts.hours[4] == Lead(artist="", plays=0)
    assert parts.weekdays[0] == Lead(artist="Abba", plays=7)
    assert parts.artist_hours[1] == [0, 0, 3, *(0 for _ in range(21))]
    assert parts.artist_weekdays[0] == [7, 4, 4, 4, 4, 2, 2]
    assert parts.track_hour == TrackTime(
        artist="Abba", title="Waterloo", plays=26, time=10, inside=24
    )


def test_a_sleep_machine_leads_no_daypart() -> None:
    assert profile_of(at(2, "Noise/Brown", a_day=12)).dayparts == Dayparts()


def test_the_quietest_hours_may_cross_midnight() -> None:
    assert quietest([0, 0, *(5 for _ in range(21)), 0]) == 23
    assert quietest([1] * 24) == 0
