"""How much: listens, plays, hours by the clock on the wall, months and years."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from unwrapped.music.profile.frames import Frames

MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Amounts of the period."""

    listens: int
    """Everything that was logged, however short."""

    plays: int
    """Listens of at least 30 seconds, or of unknown duration."""

    hours: float
    """Hours of listening: the union of the listens' intervals, so that two devices at
    once are one hour. Intervals belong to the period that they start in."""

    artists: int
    tracks: int
    albums: int | None
    """Distinct albums; None when the source does not name them."""

    first_day: date
    last_day: date
    days: int
    """Days from the first to the last day of the period, both included."""

    active_days: int
    """Days with a play."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """One calendar month in the listener's zone; months without a play have zeros."""

    month: date
    """Its first day."""

    plays: int
    hours: float
    """What the listens that start in it add to the period's hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One calendar year in the listener's zone, as far as the period covers it."""

    year: int
    plays: int
    hours: float
    artists: int
    top_artist: str
    """The artist with the most plays; ties go by the alphabet."""

    top_artist_plays: int


def measure_volume(frames: Frames) -> Volume:
    """Amounts of the period."""
    plays = frames.plays
    albums = plays.drop_nulls("album").select("artist", "album").n_unique()
    return Volume(
        listens=len(frames.listens),
        plays=len(plays),
        hours=float(frames.listens.select(wall_clock_ms().sum()).item()) / MS_PER_HOUR,
        artists=plays["artist"].n_unique(),
        tracks=plays["track"].n_unique(),
        albums=albums or None,
        first_day=frames.first_day,
        last_day=frames.last_day,
        days=frames.days,
        active_days=plays["day"].n_unique(),
    )


def measure_months(frames: Frames) -> list[Month]:
    """Every month from the first to the last day of the period."""
    by_month = _amounts(frames, pl.col("day").dt.truncate("1mo"), "month")
    months = pl.date_range(
        frames.first_day.replace(day=1), frames.last_day, "1mo", eager=True
    )
    filled = (
        months.alias("month")
        .to_frame()
        .join(by_month, on="month", how="left", maintain_order="left")
        .fill_null(0)
    )
    return [
        Month(month=month, plays=plays, hours=hours)
        for month, plays, hours in filled.iter_rows()
    ]


def measure_years(frames: Frames) -> list[Year]:
    """Years of the period that have a play, in order."""
    year = pl.col("day").dt.year().alias("year")
    amounts = _amounts(frames, pl.col("day").dt.year(), "year")
    artists = (
        frames.plays.group_by(year, "artist")
        .len("top_artist_plays")
        .sort("year", "top_artist_plays", "artist", descending=[False, True, False])
    )
    tops = artists.group_by("year", maintain_order=True).agg(
        pl.len().alias("artists"),
        pl.col("artist").first().cast(pl.String).alias("top_artist"),
        pl.col("top_artist_plays").first(),
    )
    rows = amounts.join(tops, on="year", maintain_order="left")
    return [Year(**row) for row in rows.iter_rows(named=True)]


def wall_clock_ms() -> pl.Expr:
    """What each listen adds to the union of all intervals, in ms (Int64).

    For frames sorted by `started_at`: the part of the listen after the latest end so
    far.
    """
    ended_before = pl.col("ended_at").cum_max().shift()
    begins = pl.max_horizontal("started_at", ended_before)
    return (pl.col("ended_at") - begins).dt.total_milliseconds().clip(0)


def _amounts(frames: Frames, span: pl.Expr, name: str) -> pl.DataFrame:
    """`name`, `plays` and `hours` for each span with a listen, in order."""
    hours = (
        frames.listens.select(span.alias(name), wall_clock_ms().alias("ms"))
        .group_by(name)
        .agg((pl.col("ms").sum() / MS_PER_HOUR).alias("hours"))
    )
    plays = frames.plays.group_by(span.alias(name)).len("plays")
    return (
        hours.join(plays, on=name, how="left")
        .select(name, pl.col("plays").fill_null(0).cast(pl.Int64), "hours")
        .sort(name)
    )
