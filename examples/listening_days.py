"""Which days a made-up listener listens on, and how much."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from examples.listener_habits import Habits

MOST_MINUTES_A_DAY = 660
LARGEST_EXTRA_SHARE = 0.35
DAY_TO_DAY = 0.55
"""Spread of the amounts of days, in natural logarithms."""

YEARS_OF_GROWTH = 3
DAYS_OFF = 1.8
"""About how many days without listening follow one another."""

SELDOM = 0.3
"""Share of active days below which a greater weight means more active days, not longer
ones."""


@dataclass(slots=True)
class Day:
    date: date
    weight: float
    rows: int = 0
    """All rows, including the following."""

    obsession: int = 0
    """Number of the track on repeat."""

    obsession_plays: int = 0
    sleep_rows: int = 0
    workout_rows: int = 0


@dataclass(slots=True)
class _Extras:
    """Rows that are planned in addition to the ordinary ones, up to a share of all."""

    left: int
    used: int = field(default=0)

    def take(self, rows: int) -> bool:
        if rows > self.left:
            return False
        self.left -= rows
        self.used += rows
        return True


def plan_days(
    habits: Habits, rng: Random, rows: int, first: date, last: date
) -> list[Day]:
    """Every day from `first` to `last`; `rows` rows are distributed over the active
    days.
    """
    length = (last - first).days + 1
    days = [
        Day(day, _weight(habits, rng, day, number / 365))
        for number, day in enumerate(first + timedelta(n) for n in range(length))
    ]
    _fall_silent(habits, rng, days)
    active = _choose_active(habits, rng, days, rows)
    extras = _Extras(int(rows * LARGEST_EXTRA_SHARE))
    _plan_obsessions(habits, rng, active, extras)
    _plan_nights_and_workouts(habits, rng, active, extras)
    _deal_out(habits, active, rows - extras.used)
    return days


def _weight(habits: Habits, rng: Random, day: date, years: float) -> float:
    weekend = habits.weekend if day.weekday() >= 5 else 1.0
    trend = float(habits.growth ** min(years, YEARS_OF_GROWTH))
    return (
        trend
        * weekend
        * habits.season[day.month - 1]
        * math.exp(rng.gauss(0, DAY_TO_DAY))
    )


def _fall_silent(habits: Habits, rng: Random, days: list[Day]) -> None:
    for length in habits.silences:
        start = rng.randrange(len(days))
        for day in days[start : start + min(length, len(days) // 5)]:
            day.weight = 0.0


def _choose_active(
    habits: Habits, rng: Random, days: list[Day], rows: int
) -> list[Day]:
    """The days with listening: enough for all rows, but few enough for long sessions."""
    share = habits.active_days
    weighty = [day for day in days if day.weight > 0] or days[:1]
    if not habits.daily_floor:
        share = min(share, rows / (len(weighty) * min(habits.session_tracks, 6)))
    minutes = rows * habits.minutes_a_row
    share = max(share, 1.3 * minutes / (len(weighty) * MOST_MINUTES_A_DAY))
    if share < SELDOM:
        mean = sum(day.weight for day in weighty) / len(weighty)
        active = [d for d in weighty if rng.random() < share * d.weight / mean]
        for day in active:
            day.weight = rng.uniform(0.6, 1.4)
    else:
        active = _in_spells(rng, weighty, share)
    return active or weighty[:1]


def _in_spells(rng: Random, days: list[Day], share: float) -> list[Day]:
    """About this share of the days; days without listening come in groups."""
    ends = 1 / DAYS_OFF
    begins = ends * (1 - share) / share
    found, is_on = list[Day](), True
    for day in days:
        is_on = rng.random() >= begins if is_on else rng.random() < ends
        if is_on:
            found.append(day)
    return found


def _plan_obsessions(
    habits: Habits, rng: Random, active: Sequence[Day], extras: _Extras
) -> None:
    years = active[-1].date.year - active[0].date.year + 1
    for number in range(habits.obsessions * years):
        start = rng.randrange(len(active))
        end = active[start].date + timedelta(days=6)
        week = [day for day in active[start : start + 7] if day.date <= end]
        plays = round(habits.obsession_plays * rng.uniform(0.5, 1.5))
        if any(day.obsession_plays for day in week) or not extras.take(plays):
            continue
        for day in week:
            day.obsession = number
        for _ in range(plays):
            rng.choice(week).obsession_plays += 1


def _plan_nights_and_workouts(
    habits: Habits, rng: Random, active: Sequence[Day], extras: _Extras
) -> None:
    for day in rng.sample(active, len(active)):
        if habits.sleep and rng.random() < habits.sleep:
            sleep = rng.randint(20, 40)
            day.sleep_rows = sleep if extras.take(sleep) else 0
        weekday = day.date.weekday() < 5
        if habits.workouts and weekday and rng.random() < habits.workouts:
            workout = rng.randint(9, 15)
            day.workout_rows = workout if extras.take(workout) else 0


def _deal_out(habits: Habits, active: Sequence[Day], rows: int) -> None:
    """Distribute `rows` ordinary rows by weight, in addition to the planned ones."""
    floor = min(habits.daily_floor, rows // len(active))
    rest = rows - floor * len(active)
    sums = list(accumulate(day.weight for day in active))
    dealt = 0
    for day, upto in zip(active, sums, strict=True):
        due = round(rest * upto / sums[-1]) if sums[-1] else rest
        planned = day.obsession_plays + day.sleep_rows + day.workout_rows
        day.rows = planned + floor + due - dealt
        dealt = due
