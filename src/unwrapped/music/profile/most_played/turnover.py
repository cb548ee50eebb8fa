"""How many of last year's favourites are still favourites this year."""

from dataclasses import dataclass

from unwrapped.music.profile.basis.frames import Frames
from unwrapped.music.profile.basis.tallies import ranked

FAVOURITES = 50
FEWEST_ARTISTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnover:
    """Two calendar years, compared by their most played artists."""

    year: int
    previous: int
    distance: float
    """Jaccard distance of the two sets of top 50 artists by plays (P. Jaccard, 1901):
    0 = the same artists, 1 = none in common."""

    kept: int
    """The number of artists in both sets."""

    compared: int
    """The number of artists in the later year's set: 50, or fewer if it has fewer."""


def measure_turnover(frames: Frames) -> list[Turnover]:
    """One entry for each year of the period that follows a year with plays.

    Years with fewer than 10 artists are not compared. Ties at the edge of the top 50
    are sorted alphabetically. Whole years are compared, the last one up to the end of the
    period.
    """
    by_year = ranked(frames.ever.years, "artist").group_by("year").agg("artist")
    favourites = {
        year: set(artists[:FAVOURITES])
        for year, artists in by_year.sort("year").iter_rows()
        if len(artists) >= FEWEST_ARTISTS
    }
    return [
        _compare(year, favourites[year], favourites[year - 1])
        for year in favourites
        if year >= frames.first_day.year and year - 1 in favourites
    ]


def _compare(year: int, now: set[str], before: set[str]) -> Turnover:
    return Turnover(
        year=year,
        previous=year - 1,
        distance=1 - len(now & before) / len(now | before),
        kept=len(now & before),
        compared=len(now),
    )
