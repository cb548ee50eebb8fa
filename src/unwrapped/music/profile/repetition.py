"""Again and again: obsessions, loops, and tracks that open the day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from unwrapped.music.profile.frames import Frames
from unwrapped.music.profile.sessions import with_sessions

WINDOW = timedelta(hours=168)
OBSESSIONS_SHOWN = 5
FEWEST_IN_WINDOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Obsession:
    """The 168 hours in which a track had the most plays."""

    artist: str
    title: str
    plays: int
    first_day: date
    last_day: date
    """Days of the first and last of these plays."""

    share: float
    """Share of all plays from the first to the last of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repetition:
    """Plays that repeat."""

    obsessions: list[Obsession]
    """The five tracks with the most plays within any 168 hours (at least three; the end
    of the window is outside), each with its earliest such window; ties go by artist and title."""

    again_share: float
    """Share of plays right after a play of the same track in the same session."""

    longest_loop: int
    """Most plays of one track in a row within a session."""

    loop_artist: str
    loop_title: str
    loop_day: date
    """The day that the loop began; the earliest of equally long ones."""

    opener_artist: str
    opener_title: str
    opener_days: int
    """Days on which this track was the first play, the most of all tracks; ties go by
    artist and title."""


def measure_repetition(frames: Frames) -> Repetition:
    """Repetition in the period."""
    plays = with_sessions(frames.plays)
    changed = (
        pl.col("track").ne_missing(pl.col("track").shift())
        | pl.col("session").ne_missing(pl.col("session").shift())
    ).cum_sum()
    loops = (
        plays.with_columns(changed.alias("loop"))
        .group_by("loop")
        .agg(pl.len().alias("plays"), pl.col("artist", "title", "day").first())
        .sort("plays", "loop", descending=[True, False])
    )
    loop = loops.row(0, named=True)
    opener = (
        frames.plays.unique("day", keep="first", maintain_order=True)
        .group_by("track")
        .agg(pl.len().alias("days"), pl.col("artist", "title").first())
        .sort("days", "artist", "title", descending=[True, False, False])
        .row(0, named=True)
    )
    return Repetition(
        obsessions=_obsessions(frames.plays),
        again_share=1 - len(loops) / len(plays),
        longest_loop=loop["plays"],
        loop_artist=loop["artist"],
        loop_title=loop["title"],
        loop_day=loop["day"],
        opener_artist=opener["artist"],
        opener_title=opener["title"],
        opener_days=opener["days"],
    )


def _obsessions(plays: pl.DataFrame) -> list[Obsession]:
    time = pl.col("started_at").dt.epoch("ms")
    track = pl.col("track").rank("dense").cast(pl.Int64)
    # One number line for all tracks, each so far from the next that no window reaches.
    begin = plays["started_at"].dt.epoch("ms").min()
    span = plays.select(time.max() - time.min()).item() + 2 * _ms(WINDOW)
    line = plays.select(
        (track * span + time - begin).alias("at"),
        "artist", "title", "track", "day", "started_at",
    ).sort("at")  # fmt: skip
    after = line["at"].search_sorted(line["at"] + _ms(WINDOW), side="left")
    windows = (
        line.with_row_index("first")
        .with_columns(after.alias("end").cast(pl.UInt32))
        .with_columns((pl.col("end") - pl.col("first")).alias("plays"))
        .filter(pl.col("plays") >= FEWEST_IN_WINDOW)
        .sort("plays", "artist", "title", "at", descending=[True, False, False, False])
        .unique("track", keep="first", maintain_order=True)
        .head(OBSESSIONS_SHOWN)
    )
    return [
        _obsession(window, line.row(window["end"] - 1, named=True), plays)
        for window in windows.iter_rows(named=True)
    ]


def _obsession(
    window: dict[str, Any], last: dict[str, Any], plays: pl.DataFrame
) -> Obsession:
    around = plays["started_at"].is_between(window["started_at"], last["started_at"])
    return Obsession(
        artist=window["artist"],
        title=window["title"],
        plays=window["plays"],
        first_day=window["day"],
        last_day=last["day"],
        share=window["plays"] / int(around.sum()),
    )


def _ms(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
