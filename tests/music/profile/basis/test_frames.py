from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.music.profile.histories import (
    at,
    in_order,
    listen,
    profile_of,
    to_frame,
)
from unwrapped.music.history.period import Period
from unwrapped.music.profile.basis.frames import NoPlays, cut_frames


@pytest.mark.parametrize(
    ("zone", "instant", "day", "hour"),
    [
        # 2:00 becomes 3:00
        ("Europe/Berlin", "2025-03-30T00:59:59.999", date(2025, 3, 30), 1),
        ("Europe/Berlin", "2025-03-30T01:00", date(2025, 3, 30), 3),
        ("Europe/Berlin", "2025-03-29T23:00", date(2025, 3, 30), 0),
        ("Europe/Berlin", "2025-03-30T22:00", date(2025, 3, 31), 0),
        # 3:00 becomes 2:00, which comes twice
        ("Europe/Berlin", "2025-10-26T00:30", date(2025, 10, 26), 2),
        ("Europe/Berlin", "2025-10-26T01:30", date(2025, 10, 26), 2),
        ("Europe/Berlin", "2025-10-26T22:59", date(2025, 10, 26), 23),
        ("Europe/Berlin", "2025-10-26T23:00", date(2025, 10, 27), 0),
        ("America/New_York", "2024-11-03T05:59", date(2024, 11, 3), 1),
        ("America/New_York", "2024-11-03T06:00", date(2024, 11, 3), 1),
        ("America/New_York", "2024-03-10T07:00", date(2024, 3, 10), 3),
        ("Asia/Kolkata", "2025-01-01T18:29", date(2025, 1, 1), 23),
        ("Asia/Calcutta", "2025-01-01T18:30", date(2025, 1, 2), 0),
        # half an hour of summer time: 2:00 becomes 1:30
        ("Australia/Lord_Howe", "2024-04-06T14:59", date(2024, 4, 7), 1),
        ("Australia/Lord_Howe", "2024-04-06T15:00", date(2024, 4, 7), 1),
        ("Australia/Lord_Howe", "2024-04-06T15:30", date(2024, 4, 7), 2),
        ("Pacific/Kiritimati", "2024-12-31T10:00", date(2025, 1, 1), 0),
        # one minute after midnight becomes one minute after 23:00 of the day before
        ("America/St_Johns", "2010-11-07T02:30", date(2010, 11, 7), 0),
        ("America/St_Johns", "2010-11-07T02:31", date(2010, 11, 6), 23),
    ],
)
def test_a_play_at_a_change_of_the_clock_keeps_its_day_and_hour(
    zone: str, instant: str, day: date, hour: int
) -> None:
    frames = cut_frames(to_frame([listen(instant)]), Period(), ZoneInfo(zone))
    found = frames.plays.select("day", "hour", "weekday").row(0)
    assert found == (day, hour, day.isoweekday())
    assert frames.first_day == day


def test_the_days_of_a_period_are_those_of_the_zone() -> None:
    rows = [listen("2024-12-31T23:30"), listen("2025-12-31T23:30")]
    assert profile_of(rows, "2025", "Europe/Berlin").volume.plays == 1
    assert profile_of(rows, "2026", "Europe/Berlin").volume.plays == 1
    assert profile_of(rows, "2024", "America/New_York").volume.plays == 1


def test_frames_are_cut_to_the_period() -> None:
    rows = [
        listen("2023-06-01T10:00"),
        listen("2024-06-01T10:00", minutes=0.1),
        listen("2024-06-02T10:00"),
        listen("2025-06-01T10:00"),
    ]
    frames = cut_frames(to_frame(in_order(rows)), Period.parse("2024"), ZoneInfo("UTC"))
    assert frames.history["started_at"].to_list() == [
        at("2023-06-01T10:00"),
        at("2024-06-02T10:00"),
    ]
    assert frames.plays["started_at"].to_list() == [at("2024-06-02T10:00")]
    assert len(frames.listens) == 2
    assert (frames.first_day, frames.last_day) == (date(2024, 1, 1), date(2024, 12, 31))
    assert frames.days == 366
    assert frames.history_days == 580  # 1 June 2023 to 31 December 2024


def test_an_open_period_begins_and_ends_with_a_play() -> None:
    rows = [
        listen("2025-01-01T10:00", minutes=0.1),
        listen("2025-01-02T10:00"),
        listen("2025-01-05T10:00", minutes=0.1),
    ]
    volume = profile_of(rows).volume
    assert (volume.first_day, volume.last_day) == (date(2025, 1, 2), date(2025, 1, 2))
    assert (volume.days, volume.listens) == (1, 1)


def test_the_error_for_no_plays_names_the_years_with_plays() -> None:
    rows = [
        listen("2021-06-01T10:00"),
        listen("2022-06-01T10:00", minutes=0.1),
        listen("2023-12-31T23:30"),
        listen("2021-07-01T10:00"),
    ]
    with pytest.raises(NoPlays) as caught:
        profile_of(rows, "2022", "Europe/Berlin")
    assert caught.value.message == (
        "There is no play in 2022. Years with plays: 2021, 2024."
    )


def test_a_history_of_short_listens_has_no_play_at_all() -> None:
    with pytest.raises(NoPlays, match="whole history"):
        profile_of([listen("2021-06-01T10:00", minutes=0.1)])


def test_an_empty_history_has_no_play() -> None:
    with pytest.raises(NoPlays):
        profile_of([])
