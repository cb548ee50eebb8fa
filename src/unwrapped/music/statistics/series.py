"""Computes plays and time for each step of a period, in the listener's zone.

Steps without a listen have zeros.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import timezone as fixed_offset

import polars as pl

from unwrapped.music.history.local_time import EPOCH
from unwrapped.music.history.period import Period
from unwrapped.music.statistics.amounts import known_time, read_period
from unwrapped.music.statistics.cutting import (
    DAY_US,
    EPOCH_DAY,
    HOUR_US,
    Cut,
    add_amounts,
    count_runs,
    days_of,
    stretches,
    timed,
)
from unwrapped.music.statistics.question import MOST_POINTS, TooManyPoints
from unwrapped.music.statistics.schemas import Point, Series, Step
from unwrapped.music.statistics.tops import Within, listens_within

_HOURS_OF_WEEK = 7 * 24
_FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday
_WEEK = timedelta(days=7)
_ONE_DAY = timedelta(days=1)
_TRUNCATED = {Step.WEEK: "1w", Step.MONTH: "1mo", Step.YEAR: "1y"}
_EARLIEST = date(1900, 1, 1)
"""No listen is older. At the ends of the calendar, some days have no midnight."""
_NOTHING = {"plays": 0, "unknown": 0, "ms": 0}


def measure_series(
    cut: Cut, by: Step, today: date, within: tuple[Within, ...] = ()
) -> Series:
    """The series of a period, for all listens or those to the items `within`.

    It has every step from the first to the last day of the period, but none after both
    `today` and the last listen; open sides are those of the history. Raises
    `TooManyPoints`.
    """
    if by is Step.HOUR:
        points = _hours(cut, today, within)
    elif by in (Step.HOUR_OF_DAY, Step.WEEKDAY_BY_HOUR):
        points = _clock(_hours_within(cut, within) if within else cut.hours, by)
    else:
        days = days_within(cut, *within) if within else cut.days
        points = _days(days, shown_days(cut, today), by)
    return Series(period=read_period(cut.period), by=by, points=points)


def shown_days(cut: Cut, today: date) -> Period:
    """The days that a series of the period shows; open if there are none."""
    history = cut.whole
    first = cut.period.first or history.first
    last = cut.period.last or history.last
    if first is None or last is None or history.last is None:
        return Period()
    first, last = max(first, _EARLIEST), min(last, max(today, history.last))
    return Period(first, last) if first <= last else Period()


def _hours_within(cut: Cut, within: tuple[Within, ...]) -> pl.DataFrame:
    return count_runs(timed(_summed_within(cut, within), cut.zone), "hour")


def days_within(cut: Cut, *within: Within) -> pl.DataFrame:
    """`day` and the amounts of each day with a listen to items that match all `within`."""
    return days_of(_hours_within(cut, within))


def _summed_within(cut: Cut, within: tuple[Within, ...]) -> pl.DataFrame:
    ms = pl.col("ms_played").cast(pl.Int64).fill_null(0).alias("ms")
    return listens_within(cut, within).with_columns(ms)


def _point(
    amounts: dict[str, int],
    start: date | None = None,
    weekday: int | None = None,
    hour: int | None = None,
) -> Point:
    plays = amounts["plays"]
    return Point(start, weekday, hour, plays, **known_time(amounts))


def _clock(hours: pl.DataFrame, by: Step) -> list[Point]:
    """The points for the hours of the day, or of each weekday."""
    size = 24 if by is Step.HOUR_OF_DAY else _HOURS_OF_WEEK
    shift = 0 if by is Step.HOUR_OF_DAY else _FIRST_WEEKDAY * 24
    place = ((pl.col("hour") + shift) % size).alias("place")
    found = {
        row["place"]: row for row in add_amounts(hours, place).iter_rows(named=True)
    }
    return [
        _point(
            found.get(at, _NOTHING),
            hour=at % 24,
            weekday=None if by is Step.HOUR_OF_DAY else at // 24 + 1,
        )
        for at in range(size)
    ]


def _days(days: pl.DataFrame, shown: Period, by: Step) -> list[Point]:
    """The points for days, or for longer steps."""
    if shown.first is None or shown.last is None:
        return []
    starts = list(starts_of(shown.first, shown.last, by))
    begins = begin_of(pl.col("day"), by)
    found = {row["day"]: row for row in add_amounts(days, begins).iter_rows(named=True)}
    return [
        _point(
            found.get(start, _NOTHING),
            start=start,
            weekday=start.isoweekday() if by is Step.CALENDAR else None,
        )
        for start in starts
    ]


def begin_of(day: pl.Expr, by: Step) -> pl.Expr:
    """The first day of the step in which a day is."""
    return day.dt.truncate(_TRUNCATED.get(by, "1d"))


def starts_of(first: date, last: date, by: Step) -> Iterator[date]:
    """The first days of the steps. Raises `TooManyPoints`."""
    step = _WEEK if by is Step.WEEK else _ONE_DAY
    if by in (Step.WEEK, Step.CALENDAR):
        first -= timedelta(days=first.weekday())
    if by is Step.CALENDAR:
        last += timedelta(days=6 - last.weekday())
    if by is Step.YEAR:
        for year in range(first.year, last.year + 1):
            yield date(year, 1, 1)
        return
    if by is Step.MONTH:
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        _require_few(len(months))
        for month in months:
            yield date(month // 12, month % 12 + 1, 1)
        return
    count = (last - first) // step + 1
    _require_few(count)
    for number in range(count):
        yield first + number * step


def _hours(cut: Cut, today: date, within: tuple[Within, ...]) -> list[Point]:
    """The points for the hours in time: one that the clocks repeat occurs twice."""
    shown = shown_days(cut, today)
    if shown.first is None or shown.last is None:
        return []
    begins = list(_hour_begins(cut, shown.first, shown.last))
    listens = cut.timed
    if within:
        listens = _summed_within(cut, within)
    numbers = pl.Series([begin for begin, _ in begins], dtype=pl.Int64)
    place = numbers.search_sorted(listens["started_at"].dt.epoch("us"), side="right")
    counted = count_runs(listens.with_columns(place.alias("place")), "place")
    found = {row["place"]: row for row in counted.iter_rows(named=True)}
    return [
        _point(
            found.get(number, _NOTHING),
            start=(EPOCH + timedelta(microseconds=begin)).astimezone(
                fixed_offset(timedelta(microseconds=offset))
            ),
        )
        for number, (begin, offset) in enumerate(begins, start=1)
    ]


def _hour_begins(cut: Cut, first: date, last: date) -> Iterator[tuple[int, int]]:
    """The start in UTC of each local hour of these days, and its UTC offset.

    Raises `TooManyPoints`.
    """
    _require_few(((last - first).days + 1) * 24)
    begin = (first.toordinal() - EPOCH_DAY) * DAY_US
    end = (last.toordinal() + 1 - EPOCH_DAY) * DAY_US
    around = timedelta(days=2)
    earliest = _moment(first) - around
    for stretch in stretches(earliest, _moment(last) + 2 * around, cut.zone):
        since = max(begin, stretch.begin + stretch.offset)
        until = min(end, stretch.end + stretch.offset)
        hour = since // HOUR_US * HOUR_US
        while hour < until:
            yield max(hour, since) - stretch.offset, stretch.offset
            hour += HOUR_US


def _moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _require_few(count: int) -> None:
    if count > MOST_POINTS:
        raise TooManyPoints(count)
