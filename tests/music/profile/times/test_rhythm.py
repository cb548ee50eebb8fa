from datetime import date

from tests.music.profile.histories import about, listen, profile_of
from unwrapped.music.profile.times.rhythm import Days


def test_the_clock_of_a_week() -> None:
    clock = profile_of(
        [
            listen("2025-01-06T09:00"),  # Monday: office
            listen("2025-01-06T16:59"),  # office
            listen("2025-01-06T17:00"),  # neither office nor evening
            listen("2025-01-07T18:00"),  # evening
            listen("2025-01-08T23:59"),  # evening
            listen("2025-01-09T00:00"),  # night
            listen("2025-01-11T04:59"),  # Saturday: night
            listen("2025-01-12T09:30"),  # Sunday: not office
            listen("2025-01-13T05:00"),  # morning
            listen("2025-01-14T08:59"),  # morning
        ]
    ).clock
    assert clock.hours == [
        *(1, 0, 0, 0, 1, 1, 0, 0, 1, 2, 0, 0),
        *(0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1),
    ]
    assert clock.weekdays == [4, 2, 1, 1, 0, 1, 1]
    assert clock.night_share == about(0.2)
    assert clock.morning_share == about(0.2)
    assert clock.office_share == about(0.2)
    assert clock.evening_share == about(0.2)
    assert clock.weekend_share == about(0.2)
    assert (clock.peak_hour, clock.peak_share) == (9, about(0.2))


def test_effective_hours_are_24_when_all_hours_are_equal() -> None:
    rows = [listen(f"2025-01-06T{hour:02}:00") for hour in range(24)]
    clock = profile_of(rows).clock
    assert clock.effective_hours == about(24)
    assert clock.peak_hour == 0
    assert profile_of(rows[:1]).clock.effective_hours == 1


def test_the_days_of_two_weeks() -> None:
    profile = profile_of(
        [
            listen("2025-01-01T10:00"),
            listen("2025-01-02T10:00"),
            listen("2025-01-04T10:00"),
            listen("2025-01-05T10:00"),
            listen("2025-01-05T11:00", minutes=60),  # ends at 12:00
            listen("2025-01-08T00:00"),  # 2.5 days later
            listen("2025-01-08T01:00"),
            listen("2025-01-10T10:00", minutes=0.1),
        ]
    )
    assert profile.days == Days(
        active_share=about(5 / 8),
        streak_days=2,
        streak_first=date(2025, 1, 1),
        streak_last=date(2025, 1, 2),
        silence_days=2.5,
        silence_first=date(2025, 1, 5),
        silence_last=date(2025, 1, 8),
        busiest_day=date(2025, 1, 5),
        busiest_plays=2,
    )


def test_one_play_has_no_silence() -> None:
    assert profile_of([listen("2025-01-01T10:00")]).days == Days(
        active_share=1.0,
        streak_days=1,
        streak_first=date(2025, 1, 1),
        streak_last=date(2025, 1, 1),
        silence_days=0.0,
        silence_first=None,
        silence_last=None,
        busiest_day=date(2025, 1, 1),
        busiest_plays=1,
    )


def test_a_silence_begins_when_the_last_device_stops() -> None:
    days = profile_of(
        [
            listen("2025-01-01T00:00", minutes=24 * 60),
            listen("2025-01-01T01:00", minutes=3),
            listen("2025-01-03T00:00"),
        ]
    ).days
    assert days.silence_days == 1.0


def test_the_first_of_equal_silences_counts() -> None:
    rows = [listen(f"2025-01-0{day}T10:00") for day in (1, 3, 5, 7)]
    days = profile_of(rows).days
    assert (days.silence_first, days.silence_last) == (
        date(2025, 1, 1),
        date(2025, 1, 3),
    )


def test_the_days_of_a_year_beyond_the_history_are_not_counted() -> None:
    rows = [listen("2025-06-01T10:00"), listen("2025-06-04T10:00")]
    assert profile_of(rows, "2025").days.active_share == 0.5
