"""Again and again: obsessions, loops, and tracks that open the day."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.basis.sequence import find_runs

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
    plays = frames.in_sessions
    loops = find_runs(plays, "track", "session")
    longest = loops.row(loops["plays"].arg_max() or 0, named=True)
    loop = plays.row(longest["begin"], named=True)
    opener = (
        plays.unique("day", keep="first", maintain_order=True)
        .group_by("track")
        .agg(pl.len().alias("days"), pl.col("artist", "title").first())
        .sort("days", "artist", "title", descending=[True, False, False])
        .row(0, named=True)
    )
    return Repetition(
        obsessions=_obsessions(frames),
        again_share=1 - len(loops) / len(plays),
        longest_loop=longest["plays"],
        loop_artist=loop["artist"],
        loop_title=loop["title"],
        loop_day=loop["day"],
        opener_artist=opener["artist"],
        opener_title=opener["title"],
        opener_days=opener["days"],
    )


def _obsessions(frames: Frames) -> list[Obsession]:
    tracks = frames.now.tracks.select("track", "artist", "title")
    windows = (
        _fullest_windows(frames.plays)
        .join(tracks, on="track")
        .sort("plays", "artist", "title", descending=[True, False, False])
        .head(OBSESSIONS_SHOWN)
    )
    return [_obsession(row, frames) for row in windows.iter_rows(named=True)]


def _fullest_windows(plays: pl.DataFrame) -> pl.DataFrame:
    """For each track with enough plays in a window the fullest one, the earliest of
    equals: `track`, `plays`, and the starts of its `first` and `last` play."""
    line = _on_one_line(plays)
    windows = line.with_row_index("begin").filter(
        pl.col("at").shift(1 - FEWEST_IN_WINDOW) - pl.col("at") < _ms(WINDOW)
    )
    end = line["at"].search_sorted(windows["at"] + _ms(WINDOW), side="left")
    return (
        windows.with_columns(
            (end - windows["begin"]).alias("plays"),
            line["started_at"].gather(end - 1).alias("last"),
        )
        .sort("plays", descending=True, maintain_order=True)
        .unique("track", keep="first", maintain_order=True)
        .select("track", "plays", pl.col("started_at").alias("first"), "last")
    )


def _on_one_line(plays: pl.DataFrame) -> pl.DataFrame:
    """`track`, `started_at` and, in its order, `at`: the start in ms on a number line
    of all tracks, each so far from the next that no window reaches."""
    time = pl.col("started_at").dt.epoch("ms")
    span = plays.select(time.max() - time.min()).item() + 2 * _ms(WINDOW)
    # Lists, as sorting by the track or a window over each takes longer.
    by_track = plays.group_by("track").agg("started_at").explode("started_at")
    begin = pl.col("track").rle_id().cast(pl.Int64) * span
    return by_track.with_columns((begin + time - time.min()).alias("at"))


def _obsession(window: dict[str, Any], frames: Frames) -> Obsession:
    starts = frames.plays["started_at"]
    begin = starts.search_sorted(window["first"], side="left")
    end = starts.search_sorted(window["last"], side="right")
    return Obsession(
        artist=window["artist"],
        title=window["title"],
        plays=window["plays"],
        first_day=frames.day_of(window["first"]),
        last_day=frames.day_of(window["last"]),
        share=window["plays"] / (end - begin),
    )


def _ms(duration: timedelta) -> int:
    return duration // timedelta(milliseconds=1)
