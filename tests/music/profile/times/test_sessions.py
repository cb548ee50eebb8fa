from datetime import date

import pytest

from tests.music.profile.histories import about, listen, profile_of
from unwrapped.music.profile.times.sessions import Sessions


def test_sessions_of_two_days() -> None:
    profile = profile_of(
        [
            listen("2025-01-01T10:00", minutes=60),
            listen("2025-01-01T11:20", minutes=60),
            listen("2025-01-01T12:49", minutes=31),  # ends at 13:20: 200 minutes
            listen("2025-01-01T20:00", minutes=10),
            listen("2025-01-02T20:00", minutes=10),
            listen("2025-01-02T20:20", minutes=20),  # ends at 20:40
        ]
    )
    assert profile.sessions == Sessions(
        count=3,
        median_minutes=40.0,
        longest_hours=about(200 / 60),
        longest_plays=3,
        longest_day=date(2025, 1, 1),
        dip_share=about(2 / 3),
        marathon_share=0.5,
    )


@pytest.mark.parametrize(
    ("second", "count"), [("2025-01-01T10:32:59.999", 1), ("2025-01-01T10:33", 2)]
)
def test_a_break_of_half_an_hour_separates_sessions(second: str, count: int) -> None:
    rows = [listen("2025-01-01T10:00", minutes=3), listen(second)]
    assert profile_of(rows).sessions.count == count


def test_the_gap_counts_from_the_latest_end_of_all_devices() -> None:
    rows = [
        listen("2025-01-01T10:00", minutes=60),
        listen("2025-01-01T10:05", minutes=3),
        listen("2025-01-01T11:29", minutes=3),
    ]
    sessions = profile_of(rows).sessions
    assert (sessions.count, sessions.median_minutes) == (1, 92.0)


@pytest.mark.parametrize(("minutes", "share"), [(179.99, 0.0), (180, 1.0)])
def test_a_marathon_lasts_at_least_three_hours(minutes: float, share: float) -> None:
    rows = [listen("2025-01-01T10:00", minutes=minutes)]
    assert profile_of(rows).sessions.marathon_share == share


def test_a_play_of_unknown_duration_adds_no_time() -> None:
    rows = [
        listen("2025-01-01T10:00", minutes=None),
        listen("2025-01-01T10:29", minutes=None),
    ]
    sessions = profile_of(rows).sessions
    assert (sessions.count, sessions.median_minutes) == (1, 29.0)


def test_the_median_of_two_sessions_is_their_mean() -> None:
    rows = [
        listen("2025-01-01T10:00", minutes=3),
        listen("2025-01-02T10:00", minutes=4),
    ]
    assert profile_of(rows).sessions.median_minutes == 3.5
