"""Top lists: artists, tracks and albums by plays."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from unwrapped.music.profile.frames import Frames
from unwrapped.music.profile.volume import MS_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class TopArtist:
    """An artist of the period."""

    artist: str
    plays: int
    share: float
    """Share of the period's plays."""

    hours: float
    """The plain sum of the durations of all listens."""

    tracks: int
    """Distinct tracks played."""

    first_day: date
    """Day of the first play of all, also before the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopTrack:
    """A track of the period."""

    artist: str
    title: str
    plays: int
    hours: float
    first_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TopAlbum:
    """An album of the period."""

    artist: str
    album: str
    plays: int
    hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourites:
    """Top lists by plays; ties go by the alphabet."""

    artists: list[TopArtist]
    tracks: list[TopTrack]
    albums: list[TopAlbum]
    """Empty when the source names no albums."""


def measure_favourites(frames: Frames, count: int) -> Favourites:
    """The `count` most played artists, tracks and albums of the period."""
    artists = _top(frames, ["artist"], ["artist"], count)
    tracks = _top(frames, ["track"], ["artist", "title"], count)
    albums = _top(frames, ["artist", "album"], ["artist", "album"], count)
    return Favourites(
        artists=[
            TopArtist(
                artist=row["artist"],
                plays=row["plays"],
                share=row["plays"] / len(frames.plays),
                hours=row["hours"],
                tracks=row["tracks"],
                first_day=row["first_day"],
            )
            for row in artists.iter_rows(named=True)
        ],
        tracks=[
            TopTrack(**row)
            for row in tracks.drop("tracks", "track").iter_rows(named=True)
        ],
        albums=[
            TopAlbum(**row)
            for row in albums.drop("tracks", "first_day").iter_rows(named=True)
        ],
    )


def _top(frames: Frames, kind: list[str], names: list[str], count: int) -> pl.DataFrame:
    """The most played of a kind: its names, `plays`, `tracks`, `hours`, `first_day`."""
    shown = [pl.col(name).first() for name in names if name not in kind]
    top = (
        frames.plays.drop_nulls(names)
        .group_by(kind)
        .agg(
            pl.len().alias("plays"), pl.col("track").n_unique().alias("tracks"), *shown
        )
        .sort("plays", *names, descending=[True, *(False for _ in names)])
        .head(count)
    )
    hours = (
        frames.listens.join(top.select(kind), on=kind, how="semi")
        .group_by(kind)
        .agg((pl.col("ms_played").fill_null(0).sum() / MS_PER_HOUR).alias("hours"))
    )
    firsts = (
        frames.history.join(top.select(kind), on=kind, how="semi")
        .group_by(kind)
        .agg(pl.col("day").min().alias("first_day"))
    )
    joined = top.join(hours, on=kind, maintain_order="left")
    return joined.join(firsts, on=kind, maintain_order="left").with_columns(
        pl.col(names).cast(pl.String)
    )
