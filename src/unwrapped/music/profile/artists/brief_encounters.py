"""Brief encounters with artists and tracks: one play, one day, one month."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from unwrapped.music.profile.basis.frames import Frames

FEWEST_ON_A_DAY = 5
FEWEST_IN_A_MONTH = 20
MONTH = timedelta(days=30)
MARGIN = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnePlay:
    """An artist with a single play in the whole history, which is in the period."""

    artist: str
    title: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDayArtist:
    """The artist with the most plays in the period (at least five) of those whose plays
    in the history are all on one day."""

    artist: str
    plays: int
    tracks: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OneDayTrack:
    """The track with the most plays in the period (at least five) of those whose plays
    in the history are all on one day."""

    artist: str
    title: str
    plays: int
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Fling:
    """The artist with the most plays in the period (at least 20) of those whose plays
    in the history are on several days within 31 days, which begin at least 60 days
    after the first day of the history and end at least 60 days before its last."""

    artist: str
    plays: int
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Encounters:
    """Brief encounters, without sleep machines; null if there is none. Ties are sorted
    alphabetically."""

    one_play: OnePlay | None = None
    last_play: OnePlay | None = None
    """The first and the last artist with one play; `last_play` is null if there is only
    one such artist."""

    one_day_artist: OneDayArtist | None = None
    one_day_track: OneDayTrack | None = None
    fling: Fling | None = None


def measure_encounters(frames: Frames) -> Encounters:
    """Encounters of the period."""
    artists = frames.awake.ever.artists.filter(pl.col("last_day") >= frames.first_day)
    once = artists.filter(pl.col("plays") == 1)
    return Encounters(
        one_play=_one_play(once),
        last_play=_one_play(once, last=True) if len(once) > 1 else None,
        one_day_artist=_one_day_artist(artists),
        one_day_track=_one_day_track(frames),
        fling=_fling(frames, artists),
    )


def _one_play(once: pl.DataFrame, *, last: bool = False) -> OnePlay | None:
    ordered = once.sort("met", "artist", descending=[last, False]).head(1)
    for row in ordered.iter_rows(named=True):
        return OnePlay(artist=row["artist"], title=row["title"], day=row["first_day"])
    return None


def _one_day_artist(artists: pl.DataFrame) -> OneDayArtist | None:
    for row in _of_one_day(artists).iter_rows(named=True):
        return OneDayArtist(
            artist=row["artist"],
            plays=row["plays"],
            tracks=row["tracks"],
            day=row["first_day"],
        )
    return None


def _one_day_track(frames: Frames) -> OneDayTrack | None:
    tracks = frames.awake.ever.tracks.filter(pl.col("last_day") >= frames.first_day)
    for row in _of_one_day(tracks).iter_rows(named=True):
        return OneDayTrack(
            artist=row["artist"],
            title=row["title"],
            plays=row["plays"],
            day=row["first_day"],
        )
    return None


def _of_one_day(kinds: pl.DataFrame) -> pl.DataFrame:
    on_one = kinds.filter(
        pl.col("first_day") == pl.col("last_day"), pl.col("plays") >= FEWEST_ON_A_DAY
    )
    return on_one.head(1)


def _fling(frames: Frames, artists: pl.DataFrame) -> Fling | None:
    if artists.is_empty():
        return None
    begin, end = frames.awake.history["day"][[0, -1]]
    found = artists.filter(
        pl.col("plays") >= FEWEST_IN_A_MONTH,
        pl.col("last_day") > pl.col("first_day"),
        pl.col("last_day") - pl.col("first_day") <= MONTH,
        pl.col("first_day") >= frames.first_day,
        pl.col("first_day") - pl.lit(begin) >= MARGIN,
        pl.lit(end) - pl.col("last_day") >= MARGIN,
    )
    for row in found.head(1).iter_rows(named=True):
        return Fling(
            artist=row["artist"],
            plays=row["plays"],
            first_day=row["first_day"],
            last_day=row["last_day"],
        )
    return None
