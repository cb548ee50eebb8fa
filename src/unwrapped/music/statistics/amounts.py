"""Computes the totals of a period, counted as in the profile."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from unwrapped.music.history.period import Period
from unwrapped.music.statistics.cutting import Cut
from unwrapped.music.statistics.first_plays import Firsts
from unwrapped.music.statistics.schemas import Amounts, PeriodRead, Summary

_ONE_DAY = timedelta(days=1)


def summarise(now: Cut, before: Cut | None, firsts: Firsts) -> Summary:
    """The totals of a period and of the one that it is compared with.

    `firsts` are those of the whole history.
    """
    return Summary(
        period=read_period(now.period),
        amounts=measure_amounts(now, firsts),
        before=None if before is None else read_period(before.period),
        before_amounts=None if before is None else measure_amounts(before, firsts),
    )


def measure_amounts(cut: Cut, firsts: Firsts) -> Amounts:
    """The totals of the period of `cut`; `firsts` are those of the whole history."""
    totals = cut.days.select(pl.col("listens", "plays", "unknown", "ms").sum())
    amounts = totals.row(0, named=True)
    counts = {
        kind: count_new(cut, firsts, kind) for kind in ("artist", "track", "album")
    }
    has_albums = counts["album"][0] > 0
    streak, first = _longest_streak(cut.days)
    return Amounts(
        listens=amounts["listens"],
        plays=amounts["plays"],
        **known_time(amounts),
        artists=counts["artist"][0],
        new_artists=counts["artist"][1],
        tracks=counts["track"][0],
        new_tracks=counts["track"][1],
        albums=counts["album"][0] if has_albums else None,
        new_albums=counts["album"][1] if has_albums else None,
        days=_days_in(cut.covered),
        active_days=int((cut.days["plays"] > 0).sum()),
        streak_days=streak,
        streak_first=first,
        streak_last=first + (streak - 1) * _ONE_DAY if first else None,
    )


def known_time(amounts: Mapping[str, Any]) -> dict[str, Any]:
    """`ms` and `known_share` from `plays`, `unknown` and `ms`, as in `profile.hours`."""
    plays, unknown = amounts["plays"], amounts["unknown"]
    known = (plays - unknown) / plays if plays else 1.0
    return {"ms": amounts["ms"] if known > 0 else None, "known_share": known}


def read_period(period: Period) -> PeriodRead:
    """The period in the form of the API."""
    return PeriodRead(text=str(period), first_day=period.first, last_day=period.last)


def count_new(cut: Cut, firsts: Firsts, kind: str) -> tuple[int, int]:
    """The number of artists, tracks or albums with a play in a period, and the number of
    those whose first play of the whole history is in it."""
    return cut.count(kind), len(firsts.within(cut, kind))


def _days_in(period: Period) -> int:
    if period.first is None or period.last is None:
        return 0
    return max((period.last - period.first).days + 1, 0)


def _longest_streak(days: pl.DataFrame) -> tuple[int, date | None]:
    """The length of the longest run of days with a play, and its first day."""
    active = days.filter(pl.col("plays") > 0)
    if active.is_empty():
        return 0, None
    begins = (pl.col("day").diff() != _ONE_DAY).fill_null(value=True)
    row = (
        active.group_by(begins.cum_sum().alias("run"))
        .agg(pl.len().alias("days"), pl.col("day").min())
        .sort("days", "day", descending=[True, False])
        .row(0, named=True)
    )
    return row["days"], row["day"]
