"""The charts: the ten most played artists and tracks, and words in names."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.basis.listening_time import MS_PER_HOUR
from unwrapped.music.profile.most_played.artist_words import (
    ArtistWord,
    find_artist_words,
)
from unwrapped.music.profile.most_played.title_words import TitleWord, find_words

LENGTH = 10
TITLES = 100
"""The number of tracks and artists whose names are searched for words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartArtist:
    """An artist of the ten most played in the period."""

    artist: str
    plays: int
    share: float
    """Share of the period's plays."""

    hours: float | None
    """The plain sum of the durations of the plays; null unless all are known."""

    days: int
    """Days of the period with a play."""

    tracks: int
    """Different tracks played."""

    best_title: str
    best_plays: int
    """The most played of these tracks; ties are sorted by title."""

    second_title: str
    second_plays: int
    """The next one; `""` and 0 if there is only one."""

    first_day: date
    """The day of the first play in the whole history, which may precede the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTrack:
    """A track of the ten most played in the period."""

    artist: str
    title: str
    plays: int
    share: float
    """Share of the period's plays."""

    days: int
    """Days of the period with a play."""

    first_day: date
    """The day of the first play in the whole history, which may precede the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """The most played artists and tracks, at most ten of each, without sleep machines;
    ties are sorted alphabetically.

    Empty if all plays are of sleep machines.
    """

    artists: list[ChartArtist] = field(default_factory=list)
    tracks: list[ChartTrack] = field(default_factory=list)
    words: list[TitleWord] = field(default_factory=list)
    """In the order of the named tracks by plays."""

    artist_words: list[ArtistWord] = field(default_factory=list)
    """In the order of the named artists by plays."""

    next_artist: str = ""
    next_artist_plays: int = 0
    """The eleventh artist; `""` and 0 if there is none."""

    next_title: str = ""
    next_track_artist: str = ""
    next_track_plays: int = 0
    """The eleventh track; `""` and 0 if there is none."""


def measure_charts(frames: Frames) -> Charts:
    """The charts of the period."""
    artists, tracks = frames.awake.now.artists, frames.awake.now.tracks
    charts = Charts(
        artists=_artists(frames, artists.head(LENGTH)),
        tracks=_tracks(frames, tracks.head(LENGTH)),
        words=find_words(tracks.head(TITLES)),
        artist_words=find_artist_words(artists.head(TITLES)),
    )
    for row in artists[LENGTH : LENGTH + 1].iter_rows(named=True):
        charts = replace(
            charts, next_artist=row["artist"], next_artist_plays=row["plays"]
        )
    for row in tracks[LENGTH : LENGTH + 1].iter_rows(named=True):
        charts = replace(
            charts,
            next_title=row["title"],
            next_track_artist=row["artist"],
            next_track_plays=row["plays"],
        )
    return charts


def _artists(frames: Frames, top: pl.DataFrame) -> list[ChartArtist]:
    awake = frames.awake
    top = top.select("artist", "plays", "tracks")
    plays = awake.plays.select("artist", "day", "ms_played")
    of_top = for_each_artist(plays, frames.credits).join(top, on="artist", how="semi")
    amounts = of_top.group_by("artist").agg(
        pl.col("day").n_unique().alias("days"),
        pl.col("ms_played").sum().alias("ms"),
        pl.col("ms_played").null_count().alias("unknown"),
    )
    best = (
        for_each_artist(awake.now.tracks, frames.credits)
        .join(top, on="artist", how="semi")
        .sort("plays", "title", descending=[True, False])
        .group_by("artist", maintain_order=True)
        .agg(
            pl.col("title").head(2).cast(pl.String),
            pl.col("plays").head(2).alias("of_titles"),
        )
    )
    firsts = awake.ever.artists.select("artist", "first_day")
    for other in (amounts, best, firsts):
        top = top.join(other, on="artist", how="left", maintain_order="left")
    return [_chart_artist(row, len(frames.plays)) for row in top.iter_rows(named=True)]


def _chart_artist(row: dict[str, Any], of_plays: int) -> ChartArtist:
    titles, counts = [*row["title"], ""], [*row["of_titles"], 0]
    return ChartArtist(
        artist=row["artist"],
        plays=row["plays"],
        share=row["plays"] / of_plays,
        hours=None if row["unknown"] else row["ms"] / MS_PER_HOUR,
        days=row["days"],
        tracks=row["tracks"],
        best_title=titles[0],
        best_plays=counts[0],
        second_title=titles[1],
        second_plays=counts[1],
        first_day=row["first_day"],
    )


def _tracks(frames: Frames, top: pl.DataFrame) -> list[ChartTrack]:
    awake = frames.awake
    top = top.select("track", "artist", "title", "plays")
    of_top = awake.plays.select("track", "day").join(top, on="track", how="semi")
    days = of_top.group_by("track").agg(pl.col("day").n_unique().alias("days"))
    firsts = awake.ever.tracks.select("track", "first_day")
    for other in (days, firsts):
        top = top.join(other, on="track", how="left", maintain_order="left")
    return [
        ChartTrack(**row, share=row["plays"] / len(frames.plays))
        for row in top.drop("track").iter_rows(named=True)
    ]
