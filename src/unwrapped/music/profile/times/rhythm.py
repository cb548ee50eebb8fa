"""When music is played: the listening clock, the week, streaks and silences."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from unwrapped.music.profile.basis.frames import Frames

DAY = timedelta(days=1)
NIGHT, MORNING, OFFICE, EVENING = (0, 5), (5, 9), (9, 17), (18, 24)
SATURDAY = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The listening clock, by the start of the play in the listener's zone."""

    hours: list[int]
    """Plays in each hour of the day, 24 figures from midnight on."""

    weekdays: list[int]
    """Plays on each day of the week, 7 figures from Monday on."""

    night_share: float
    """Share of plays from 0:00 to 4:59."""

    morning_share: float
    """Share of plays from 5:00 to 8:59."""

    office_share: float
    """Share of plays from 9:00 to 16:59 on Monday to Friday."""

    evening_share: float
    """Share of plays from 18:00 to 23:59."""

    weekend_share: float
    """Share of plays on Saturday and Sunday."""

    peak_hour: int
    peak_share: float
    """The hour with the most plays (the earliest of equals) and its share."""

    effective_hours: float
    """exp(Shannon entropy) of the clock: 24 when all hours are the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The days of the period."""

    active_share: float
    """Days with a play, as a share of the days of the period."""

    streak_days: int
    streak_first: date
    streak_last: date
    """The longest run of days with a play; the earliest of equals."""

    silence_days: float
    silence_first: date | None
    silence_last: date | None
    """The longest time from the latest end of a play to the next start, in days of 24
    hours (the earliest of equals), and the days on which the plays before and after it
    start; 0 and null when there is one play only."""

    busiest_day: date
    busiest_plays: int
    """The day with the most plays; the earliest of equals."""


def measure_clock(frames: Frames) -> Clock:
    """The listening clock of the period."""
    plays = frames.plays
    total = len(plays)
    hours = _counts(plays["hour"], 0, 24)
    weekdays = _counts(plays["weekday"], 1, 7)
    at_work = pl.col("hour").is_between(*OFFICE, closed="left")
    office = plays.select((at_work & (pl.col("weekday") < SATURDAY)).mean()).item()
    entropy = -sum(n / total * math.log(n / total) for n in hours if n)
    return Clock(
        hours=hours,
        weekdays=weekdays,
        night_share=sum(hours[slice(*NIGHT)]) / total,
        morning_share=sum(hours[slice(*MORNING)]) / total,
        office_share=float(office),
        evening_share=sum(hours[slice(*EVENING)]) / total,
        weekend_share=sum(weekdays[SATURDAY - 1 :]) / total,
        peak_hour=hours.index(max(hours)),
        peak_share=max(hours) / total,
        effective_hours=math.exp(entropy),
    )


def measure_days(frames: Frames) -> Days:
    """Streaks, silences and the busiest day of the period."""
    days = [day for day, plays in frames.plays_on.items() if plays]
    streak_first, streak_last = max(_streaks(days), key=lambda run: run[1] - run[0])
    busiest = max(days, key=frames.plays_on.__getitem__)
    silence, first, last = _longest_silence(frames.plays)
    return Days(
        active_share=len(days) / frames.days,
        streak_days=(streak_last - streak_first).days + 1,
        streak_first=streak_first,
        streak_last=streak_last,
        silence_days=silence / DAY,
        silence_first=first,
        silence_last=last,
        busiest_day=busiest,
        busiest_plays=frames.plays_on[busiest],
    )


def _streaks(days: Sequence[date]) -> Iterator[tuple[date, date]]:
    """The first and the last day of each run of consecutive days, in order."""
    first = last = days[0]
    for day in days[1:]:
        if day != last + DAY:
            yield first, last
            first = day
        last = day
    yield first, last


def _longest_silence(
    plays: pl.DataFrame,
) -> tuple[timedelta, date | None, date | None]:
    if len(plays) == 1:
        return timedelta(0), None, None
    gaps = plays.select(
        (pl.col("started_at") - pl.col("ended_at").cum_max().shift()).alias("gap"),
        pl.col("day").shift().alias("first"),
        pl.col("day").alias("last"),
    ).slice(1)
    longest: tuple[timedelta, date, date] = gaps.row(gaps["gap"].arg_max() or 0)
    return max(longest[0], timedelta(0)), longest[1], longest[2]


def _counts(values: pl.Series, first: int, size: int) -> list[int]:
    counted = dict(values.value_counts().iter_rows())
    return [counted.get(first + i, 0) for i in range(size)]
