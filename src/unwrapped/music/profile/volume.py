"""How much is played: listens, plays, hours of wall-clock time, months and years."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.basis.listening_time import with_hours
from unwrapped.music.profile.basis.tallies import ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """Amounts of the period."""

    listens: int
    """Everything that was logged, including short listens."""

    plays: int
    """Listens of at least 30 seconds, or of unknown duration."""

    hours: float | None
    """Hours of listening: the union of the intervals of all listens, so that an hour on
    two devices at once counts once. An interval belongs to the period in which it
    starts. Null if no play has a known time."""

    known_share: float = 1.0
    """Share of the plays whose time is known; 1 if there are no plays. `hours` leaves
    the others out."""

    artists: int
    tracks: int
    albums: int | None
    """Distinct albums; null when the source does not name them."""

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
    hours: float | None
    """The hours that the listens of the month add to those of the period."""

    known_share: float = 1.0
    """Share of the plays whose time is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Year:
    """One calendar year in the listener's zone, as far as the period covers it."""

    year: int
    plays: int
    hours: float | None
    known_share: float = 1.0
    """Share of the plays whose time is known."""

    artists: int
    top_artist: str
    """The artist with the most plays; ties are sorted alphabetically."""

    top_artist_plays: int


def measure_volume(frames: Frames) -> Volume:
    """Amounts of the period."""
    calendar, counts = frames.calendar, frames.now
    (amounts,) = with_hours(calendar.select(pl.col("plays", "ms", "unknown").sum()))
    return Volume(
        listens=len(frames.listens),
        plays=len(frames.plays),
        hours=amounts["hours"],
        known_share=amounts["known_share"],
        artists=len(counts.artists),
        tracks=len(counts.tracks),
        albums=len(counts.albums) or None,
        first_day=frames.first_day,
        last_day=frames.last_day,
        days=frames.days,
        active_days=frames.active_days,
    )


def measure_months(frames: Frames) -> list[Month]:
    """Every month from the first to the last day of the period."""
    by_month = _amounts(frames, pl.col("day").dt.truncate("1mo").alias("month"))
    months = pl.date_range(
        frames.first_day.replace(day=1), frames.last_day, "1mo", eager=True
    )
    filled = (
        pl.DataFrame({"month": months})
        .join(by_month, on="month", how="left", maintain_order="left")
        .fill_null(0)
    )
    return [Month(**row) for row in with_hours(filled)]


def measure_years(frames: Frames) -> list[Year]:
    """Years of the period that have a play, in order."""
    amounts = _amounts(frames, pl.col("day").dt.year().alias("year"))
    tops = (
        ranked(frames.now.years, "artist")
        .group_by("year")
        .agg(
            pl.len().alias("artists"),
            pl.col("artist").first().cast(pl.String).alias("top_artist"),
            pl.col("plays").first().alias("top_artist_plays"),
        )
    )
    rows = amounts.join(tops, on="year", maintain_order="left")
    return [Year(**row) for row in with_hours(rows)]


def _amounts(frames: Frames, span: pl.Expr) -> pl.DataFrame:
    """`plays`, `ms` and `unknown` for each span with a listen, in order."""
    return frames.calendar.group_by(span, maintain_order=True).agg(
        pl.col("plays", "ms", "unknown").sum()
    )
