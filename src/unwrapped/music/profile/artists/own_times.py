"""Artists bound to certain hours, days and months."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.times.rhythm import SATURDAY

FEWEST_PLAYS = 50
FEWEST_IN_MONTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Haunt:
    """The artist with the highest share of plays at a time of the day or week, of those
    among the 50 most played that have at least 50 plays; ties are sorted
    alphabetically."""

    artist: str
    plays: int
    """All their plays in the period."""

    inside: int
    """Their plays at that time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfOne:
    """The most plays of one artist, of the 50 most played ones, on one day; of equals
    the earliest, then alphabetically."""

    artist: str
    day: date
    plays: int
    of_plays: int
    """All plays on that day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthOfOne:
    """The month, of those with at least 100 plays, in which one artist has the highest
    share of the plays; of equals the earliest, then alphabetically."""

    artist: str
    month: date
    plays: int
    of_plays: int
    """All plays of that month."""


def times_of(by_day: pl.DataFrame) -> list[dict[str, Any]]:
    at_weekend = pl.col("weekday") >= SATURDAY
    amounts = by_day.group_by("artist").agg(
        pl.col("plays", "night", "morning").sum(),
        pl.col("plays").filter(at_weekend).sum().alias("weekend"),
    )
    return [one for one in amounts.rows(named=True) if one["plays"] >= FEWEST_PLAYS]


def find_haunt(times: Iterable[dict[str, Any]], time: str) -> Haunt | None:
    haunts = (
        Haunt(artist=one["artist"], plays=one["plays"], inside=one[time])
        for one in times
    )
    return min(
        haunts, key=lambda one: (-one.inside / one.plays, one.artist), default=None
    )


def find_day_of_one(frames: Frames, by_day: pl.DataFrame) -> DayOfOne | None:
    fullest = by_day.filter(pl.col("plays") == pl.col("plays").max())
    for row in fullest.sort("day", "artist").head(1).iter_rows(named=True):
        return DayOfOne(
            artist=row["artist"],
            day=row["day"],
            plays=row["plays"],
            of_plays=frames.plays_on[row["day"]],
        )
    return None


def find_month_of_one(frames: Frames) -> MonthOfOne | None:
    whole = frames.calendar.group_by(
        pl.col("day").dt.truncate("1mo").alias("month")
    ).agg(pl.col("plays").sum().alias("of_plays"))
    full = whole.filter(pl.col("of_plays") >= FEWEST_IN_MONTH)
    share = pl.col("plays") / pl.col("of_plays")
    most = frames.awake.now.months.join(full, on="month").filter(share == share.max())
    for row in most.sort("month", "artist").head(1).iter_rows(named=True):
        return MonthOfOne(
            artist=row["artist"],
            month=row["month"],
            plays=row["plays"],
            of_plays=row["of_plays"],
        )
    return None
