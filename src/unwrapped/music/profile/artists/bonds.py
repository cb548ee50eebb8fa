"""Single artists that stand out: one that came back, left, is new, has one track only, or is
played in most months."""

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.profile.basis.frames import Frames

DAY = timedelta(days=1)
FEWEST_BEFORE_AND_AFTER = 5
FEWEST_OF_ONE_TRACK = 20
ABANDONED_AFTER = timedelta(days=180)
RECENT = timedelta(days=60)
FEWEST_MONTHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Comeback:
    """The longest absence of an artist with at least five plays before it (in the whole
    history) and at least five from the return on (in the period)."""

    artist: str
    away_days: int
    """Days from the last play before the absence to the return."""

    left_day: date
    returned_day: date
    plays_before: int
    plays_since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Farewell:
    """The most played artist of the history without a play in the period's last 180
    days."""

    artist: str
    plays: int
    share: float
    """Share of all plays of the history."""

    last_day: date
    rank: int
    """Rank by plays among all artists of the history, 1 = first."""

    plays_after: int = 0
    days_after: int = 0
    """Plays of the period after that day, all of other artists, and the number of days
    with such a play."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The most played of the artists that were first played in the period's last 60
    days. Null when the history is not longer than 60 days."""

    artist: str
    plays: int
    first_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class OneTrack:
    """The most played artist of whom the whole history has a single track (at least 20
    plays in the period)."""

    artist: str
    title: str
    plays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepDive:
    """The artist with the most distinct tracks played in the period."""

    artist: str
    tracks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant:
    """The artist played in the most calendar months of the period; of equals, the one
    with more plays."""

    artist: str
    months: int
    of_months: int
    """Months of the period with a play."""

    every_month: int
    """The number of artists played in each of these months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bonds:
    """Bonds with single artists, without sleep machines; null where no artist qualifies.
    Ties are sorted alphabetically."""

    comeback: Comeback | None
    farewell: Farewell | None
    arrival: Arrival | None
    one_track: OneTrack | None
    deep_dive: DeepDive | None
    constant: Constant | None
    """Null when fewer than six months of the period have a play."""


def measure_bonds(frames: Frames) -> Bonds:
    """Bonds of the period."""
    ever, now = frames.awake.ever.artists, frames.awake.now.artists
    return Bonds(
        comeback=_comeback(frames),
        farewell=_farewell(frames, ever),
        arrival=_arrival(frames, ever),
        one_track=_one_track(ever, now),
        deep_dive=_deep_dive(now),
        constant=_constant(frames),
    )


def _comeback(frames: Frames) -> Comeback | None:
    # Grouping into lists is faster than sorting by artist or a window over each.
    history = frames.awake.history.select("artist", "started_at", "day")
    by_artist = (
        for_each_artist(history, frames.credits).group_by("artist").agg(pl.all())
    )
    plays = by_artist.explode("started_at", "day")
    artist = pl.col("artist")
    returns = plays.select(
        "artist",
        "day",
        pl.int_range(pl.len()).alias("row"),
        pl.col("started_at").diff().alias("gap"),
        pl.col("day").shift().alias("left_day"),
    ).filter(
        artist == artist.shift(FEWEST_BEFORE_AND_AFTER),
        artist == artist.shift(1 - FEWEST_BEFORE_AND_AFTER),
        pl.col("day") >= frames.first_day,
    )
    longest = returns.filter(pl.col("gap") == pl.col("gap").max())
    for row in longest.sort("artist", "row").head(1).iter_rows(named=True):
        own = plays["artist"] == row["artist"]
        before = row["row"] - (own.arg_max() or 0)
        return Comeback(
            artist=row["artist"],
            away_days=(row["day"] - row["left_day"]) // DAY,
            left_day=row["left_day"],
            returned_day=row["day"],
            plays_before=before,
            plays_since=int(own.sum()) - before,
        )
    return None


def _farewell(frames: Frames, ever: pl.DataFrame) -> Farewell | None:
    if frames.history_days * DAY <= ABANDONED_AFTER:
        return None
    ranked = ever.with_row_index("rank", offset=1)
    gone = ranked.filter(pl.col("last_day") <= frames.last_day - ABANDONED_AFTER)
    for row in gone.head(1).iter_rows(named=True):
        after = frames.calendar.filter(pl.col("day") > row["last_day"])
        return Farewell(
            artist=row["artist"],
            plays=row["plays"],
            share=row["plays"] / len(frames.history),
            last_day=row["last_day"],
            rank=row["rank"],
            plays_after=int(after["plays"].sum()),
            days_after=int((after["plays"] > 0).sum()),
        )
    return None


def _arrival(frames: Frames, ever: pl.DataFrame) -> Arrival | None:
    if frames.history_days * DAY <= RECENT:
        return None
    new = ever.filter(pl.col("first_day") > frames.last_day - RECENT)
    for row in new.head(1).iter_rows(named=True):
        return Arrival(
            artist=row["artist"], plays=row["plays"], first_day=row["first_day"]
        )
    return None


def _one_track(ever: pl.DataFrame, now: pl.DataFrame) -> OneTrack | None:
    found = now.filter(pl.col("tracks") == 1, pl.col("plays") >= FEWEST_OF_ONE_TRACK)
    faithful = found.join(
        ever.filter(pl.col("tracks") == 1),
        on="artist",
        how="semi",
        maintain_order="left",
    )
    for row in faithful.head(1).iter_rows(named=True):
        return OneTrack(artist=row["artist"], title=row["title"], plays=row["plays"])
    return None


def _deep_dive(now: pl.DataFrame) -> DeepDive | None:
    artists = now.sort("tracks", "artist", descending=[True, False])
    for row in artists.head(1).iter_rows(named=True):
        return DeepDive(artist=row["artist"], tracks=row["tracks"])
    return None


def _constant(frames: Frames) -> Constant | None:
    months = frames.now.months["month"].n_unique()
    if months < FEWEST_MONTHS or frames.awake.plays.is_empty():
        return None
    artists = (
        frames.awake.now.years.group_by("artist")
        .agg(pl.col("months", "plays").sum())
        .sort("months", "plays", "artist", descending=[True, True, False])
    )
    row = artists.row(0, named=True)
    return Constant(
        artist=row["artist"],
        months=row["months"],
        of_months=months,
        every_month=int((artists["months"] == months).sum()),
    )
