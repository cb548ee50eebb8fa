"""Finds the pairs of `pairs.py` and the times of `own_times.py` among the most played artists."""

from dataclasses import dataclass

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.profile.artists.own_times import (
    DayOfOne,
    Haunt,
    MonthOfOne,
    find_day_of_one,
    find_haunt,
    find_month_of_one,
    times_of,
)
from unwrapped.music.profile.artists.pairs import Pair, jaccard, measure_pairs
from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.times.rhythm import MORNING, NIGHT

COURT = 50
CHARTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Which artists are played together and when, without sleep machines; null if
    nothing qualifies."""

    strangers: Pair | None = None
    """Of the pairs without a shared day, the one with the most expected days."""

    inseparable: Pair | None = None
    """The pair with the highest Jaccard index: shared days over days with a play of
    either."""

    night: Haunt | None = None
    """From 0:00 to 4:59."""

    morning: Haunt | None = None
    """From 5:00 to 8:59."""

    weekend: Haunt | None = None
    """On Saturday and Sunday."""

    day_of_one: DayOfOne | None = None
    month_of_one: MonthOfOne | None = None


def measure_company(frames: Frames) -> Company:
    """Company of the period."""
    awake = frames.awake
    court = awake.now.artists.head(COURT)
    plays = for_each_artist(
        awake.plays.select("artist", "day", "hour", "weekday"), frames.credits
    ).join(court, on="artist", how="semi")
    by_day = plays.group_by("artist", "day").agg(
        pl.len().cast(pl.Int64).alias("plays"),
        pl.col("hour").is_between(*NIGHT, closed="left").sum().alias("night"),
        pl.col("hour").is_between(*MORNING, closed="left").sum().alias("morning"),
        pl.col("weekday").first(),
    )
    pairs = measure_pairs(
        frames, by_day, court["artist"].head(CHARTS).cast(pl.String).to_list()
    )
    times = times_of(by_day)
    return Company(
        strangers=min(
            (pair for pair in pairs if not pair.shared_days),
            key=lambda pair: (-pair.expected_days, pair.one, pair.other),
            default=None,
        ),
        inseparable=min(
            pairs,
            key=lambda pair: (-jaccard(pair), pair.one, pair.other),
            default=None,
        ),
        night=find_haunt(times, "night"),
        morning=find_haunt(times, "morning"),
        weekend=find_haunt(times, "weekend"),
        day_of_one=find_day_of_one(frames, by_day),
        month_of_one=find_month_of_one(frames),
    )
