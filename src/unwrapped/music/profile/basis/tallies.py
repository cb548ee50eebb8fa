"""Counts that several measures share, each computed once."""

from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from unwrapped.music.history.credits import for_each_artist, no_credits


@dataclass(frozen=True)
class Tallies:
    """Plays counted by track, artist and album. Tracks, artists and albums are sorted by
    plays, the most played first; ties are sorted alphabetically."""

    plays: pl.DataFrame
    credits: pl.DataFrame = field(default_factory=no_credits)
    """The artists that credits are split into: a play counts for each artist of its
    credit."""

    @cached_property
    def tracks(self) -> pl.DataFrame:
        """`track`, `artist`, `title`, `plays`; `met`: the time of the first play;
        `first_day` and `last_day` with a play."""
        tracks = self.plays.group_by("track").agg(
            pl.col("artist", "title").first(),
            pl.len().alias("plays"),
            pl.col("started_at").first().alias("met"),
            pl.col("day").min().alias("first_day"),
            pl.col("day").max().alias("last_day"),
        )
        return ranked(tracks, "artist", "title")

    @cached_property
    def artists(self) -> pl.DataFrame:
        """`artist`, `plays`, `met`, `first_day`, `last_day` as in `tracks`; `tracks`:
        the number of tracks; `title`: that of one of them."""
        # The credits of tracks are split, not those of plays: there are fewer tracks.
        tracks = for_each_artist(self.tracks, self.credits)
        artists = tracks.group_by("artist").agg(
            pl.col("plays").sum(),
            pl.col("met", "first_day").min(),
            pl.col("last_day").max(),
            pl.len().alias("tracks"),
            pl.col("title").first(),
        )
        return ranked(artists, "artist")

    @cached_property
    def albums(self) -> pl.DataFrame:
        """`artist`, `album`, `plays` of the plays with a known album."""
        albums = self.plays.group_by("artist", "album").len("plays")
        return ranked(albums.drop_nulls("album"), "artist", "album")

    @cached_property
    def months(self) -> pl.DataFrame:
        """`artist`, `month` (its first day), `plays`."""
        # Months are computed for days, not for plays: there are far fewer days.
        days = self.plays.select(pl.col("day").unique()).with_columns(
            pl.col("day").dt.truncate("1mo").alias("month")
        )
        return (
            for_each_artist(self.plays.select("artist", "day"), self.credits)
            .join(days, on="day")
            .group_by("artist", "month")
            .agg(pl.len().cast(pl.Int64).alias("plays"))
        )

    @cached_property
    def years(self) -> pl.DataFrame:
        """`artist`, `year`, `plays`; `months`: the number of months of the year with a
        play."""
        return self.months.group_by(
            "artist", pl.col("month").dt.year().alias("year")
        ).agg(pl.col("plays").sum(), pl.len().alias("months"))


def ranked(counts: pl.DataFrame, *names: str) -> pl.DataFrame:
    """`counts` by `plays`, the highest first; ties are sorted by `names`."""
    return counts.sort("plays", *names, descending=[True, *(False for _ in names)])
