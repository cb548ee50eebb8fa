"""Sessions: plays that follow each other without a break of half an hour."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from unwrapped.music.profile.basis.frames import Frames

DIP_PLAYS = 2
MARATHON = timedelta(hours=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """Sessions of the period, separated by gaps of 30 minutes or more from the latest
    end so far to the next start.
    """

    count: int
    median_minutes: float
    """The median length of a session: from the start of its first play to the latest
    end of its plays."""

    longest_hours: float
    longest_plays: int
    longest_day: date
    """The longest session: its length, plays, and the day that it began."""

    dip_share: float
    """Share of sessions with one or two plays."""

    marathon_share: float
    """Share of plays in sessions of three hours or more."""


def measure_sessions(frames: Frames) -> Sessions:
    """Sessions of the period."""
    sessions = (
        frames.in_sessions.group_by("session")
        .agg(
            (pl.col("ended_at").max() - pl.col("started_at").first()).alias("length"),
            pl.len().alias("plays"),
            pl.col("day").first(),
        )
        .sort("length", "session", descending=[True, False])
    )
    long = sessions.filter(pl.col("length") >= MARATHON)
    longest = sessions.row(0, named=True)
    return Sessions(
        count=len(sessions),
        median_minutes=_median(sessions["length"]) / timedelta(minutes=1),
        longest_hours=longest["length"] / timedelta(hours=1),
        longest_plays=longest["plays"],
        longest_day=longest["day"],
        dip_share=int((sessions["plays"] <= DIP_PLAYS).sum()) / len(sessions),
        marathon_share=int(long["plays"].sum()) / len(frames.plays),
    )


def _median(lengths: pl.Series) -> timedelta:
    median = pl.all().dt.total_microseconds().median()
    return timedelta(microseconds=lengths.to_frame().select(median).item())
