"""Pairs of the most played artists, and the days that they share."""

from dataclasses import dataclass
from datetime import date
from itertools import combinations

import polars as pl

from unwrapped.music.profile.basis.frames import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two of the ten most played artists and their days; ties are sorted
    alphabetically."""

    one: str
    other: str
    one_days: int
    other_days: int
    """Days of the period with a play of the one, and with a play of the other."""

    shared_days: int
    """Days with a play of both."""

    expected_days: float
    """Shared days expected by chance, if the days of each were drawn at random from all
    days with a play.
    """


def measure_pairs(
    frames: Frames, by_day: pl.DataFrame, artists: list[str]
) -> list[Pair]:
    """All pairs of `artists`, except those that a credit names together: they share its
    plays."""
    of_top = by_day.filter(pl.col("artist").is_in(artists))
    days: dict[str, set[date]] = {artist: set() for artist in artists}
    for artist, day in of_top.select("artist", "day").iter_rows():
        days[artist].add(day)
    together = _credited_together(frames.credits)
    active = frames.active_days
    return [
        Pair(
            one=one,
            other=other,
            one_days=len(days[one]),
            other_days=len(days[other]),
            shared_days=len(days[one] & days[other]),
            expected_days=len(days[one]) * len(days[other]) / active,
        )
        for one, other in combinations(sorted(artists), 2)
        if (one, other) not in together
    ]


def _credited_together(credits: pl.DataFrame) -> set[tuple[str, str]]:
    artists: dict[str, list[str]] = {}
    for credit, artist in credits.iter_rows():
        artists.setdefault(credit, []).append(artist)
    return {
        pair for names in artists.values() for pair in combinations(sorted(names), 2)
    }


def jaccard(pair: Pair) -> float:
    """The Jaccard index: shared days over days with a play of either."""
    return pair.shared_days / (pair.one_days + pair.other_days - pair.shared_days)
