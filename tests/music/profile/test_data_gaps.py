"""The whole days without data."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from unwrapped.music.history.warnings import Span
from unwrapped.music.profile.data_gaps import Gap, days_missing, place_gaps

NEW_YORK = ZoneInfo("America/New_York")
LATE = date(2030, 1, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def gap(first: str, last: str) -> Gap:
    return Gap(first_day=date.fromisoformat(first), last_day=date.fromisoformat(last))


def test_days_are_those_of_the_listener() -> None:
    hole = Span(at("2022-12-31T23:30"), at("2024-01-01T02:00"))
    assert place_gaps([hole], ZoneInfo("UTC"), LATE) == [
        gap("2023-01-01", "2023-12-31")
    ]
    assert place_gaps([hole], NEW_YORK, LATE) == [gap("2023-01-01", "2023-12-30")]
    assert place_gaps([hole], NEW_YORK, date(2023, 5, 1)) == [
        gap("2023-01-01", "2023-05-01")
    ]


def test_a_hole_without_a_whole_day_makes_no_gap() -> None:
    hole = Span(at("2023-05-01T10:00"), at("2023-05-02T23:00"))
    assert place_gaps([hole], ZoneInfo("UTC"), LATE) == []
    later = Span(at("2023-05-01T10:00"), at("2023-07-01T10:00"))
    assert place_gaps([later], ZoneInfo("UTC"), date(2023, 5, 1)) == []


def test_missing_days_are_counted() -> None:
    gaps = [gap("2023-03-01", "2023-03-10"), gap("2023-06-01", "2023-06-01")]
    assert days_missing(gaps, date(2023, 1, 1), date(2023, 12, 31)) == 11
    assert days_missing(gaps, date(2023, 3, 10), date(2023, 6, 1)) == 2
    assert days_missing(gaps, date(2023, 3, 11), date(2023, 5, 31)) == 0
    assert days_missing([], date(2023, 1, 1), date(2023, 12, 31)) == 0
