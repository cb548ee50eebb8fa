"""Top lists: artists, tracks and albums by plays."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.basis.listening_time import with_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class TopArtist:
    """An artist of the period."""

    artist: str
    plays: int
    share: float
    """Share of the period's plays."""

    hours: float | None
    """The plain sum of the known durations of all listens; null if no play has a known
    one."""

    known_share: float = 1.0
    """Share of the plays whose time is known."""

    tracks: int
    """Distinct tracks played."""

    first_day: date
    """The day of the first play in the whole history, which may precede the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopTrack:
    """A track of the period."""

    artist: str
    title: str
    plays: int
    hours: float | None
    known_share: float = 1.0
    """Share of the plays whose time is known."""

    first_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TopAlbum:
    """An album of the period."""

    artist: str
    album: str
    plays: int
    hours: float | None
    known_share: float = 1.0
    """Share of the plays whose time is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Favourites:
    """Top lists by plays; ties are sorted alphabetically."""

    artists: list[TopArtist]
    tracks: list[TopTrack]
    albums: list[TopAlbum]
    """Empty when the source names no albums."""


def measure_favourites(frames: Frames, count: int) -> Favourites:
    """The `count` most played artists, tracks and albums of the period."""
    now, ever = frames.now, frames.ever
    artists = now.artists.head(count).select("artist", "plays", "tracks")
    artists = _with_first_day(artists, ever.artists, "artist")
    artists = _with_amounts(artists, frames, ["artist"])
    tracks = now.tracks.head(count).select("track", "artist", "title", "plays")
    tracks = _with_first_day(tracks, ever.tracks, "track")
    tracks = _with_amounts(tracks, frames, ["track"]).drop("track")
    albums = _with_amounts(now.albums.head(count), frames, ["artist", "album"])
    return Favourites(
        artists=[
            TopArtist(**row, share=row["plays"] / len(frames.plays))
            for row in with_hours(artists)
        ],
        tracks=[TopTrack(**row) for row in with_hours(tracks)],
        albums=[TopAlbum(**row) for row in with_hours(albums)],
    )


def _with_first_day(top: pl.DataFrame, ever: pl.DataFrame, kind: str) -> pl.DataFrame:
    firsts = ever.select(kind, "first_day")
    return top.join(firsts, on=kind, how="left", maintain_order="left")


def _with_amounts(top: pl.DataFrame, frames: Frames, kind: list[str]) -> pl.DataFrame:
    listens = frames.listens.select(*kind, "ms_played")
    if kind == ["artist"]:
        listens = for_each_artist(listens, frames.credits)
    listened = (
        # One column is enough to leave few rows.
        listens.join(top, on=kind[-1], how="semi")
        .group_by(kind)
        .agg(
            pl.col("ms_played").sum().alias("ms"),
            # A listen without a known time always counts as a play.
            pl.col("ms_played").null_count().cast(pl.Int64).alias("unknown"),
        )
    )
    return top.join(listened, on=kind, how="left", maintain_order="left")
