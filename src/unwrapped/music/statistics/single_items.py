"""Describes an artist, album or track: its rank, figures, years and what belongs to it."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from unwrapped.music.statistics.amounts import known_time, read_period
from unwrapped.music.statistics.cutting import Cut, tally_items
from unwrapped.music.statistics.question import Ranking
from unwrapped.music.statistics.schemas import (
    AlbumRead,
    ArtistRead,
    Kind,
    Ranked,
    TrackRead,
    YearRead,
)
from unwrapped.music.statistics.search import read_found
from unwrapped.music.statistics.series import days_within
from unwrapped.music.statistics.tops import (
    Within,
    bounds_of,
    list_ranked,
    naming,
    ranks_of,
)

TOP = 10
MOST_ALBUMS = 20


@dataclass(frozen=True, slots=True)
class Portrayal:
    """Describes one artist, album or track of a history."""

    now: Cut
    before: Cut | None
    ever: Cut
    of: Within

    def artist(self) -> ArtistRead:
        """The artist."""
        return ArtistRead(
            **self._common(),
            top_tracks=self._top(Kind.TRACKS),
            top_albums=self._top(Kind.ALBUMS),
        )

    def album(self) -> AlbumRead:
        """The album."""
        return AlbumRead(**self._common(), top_tracks=self._top(Kind.TRACKS))

    def track(self) -> TrackRead:
        """The track."""
        albums = tally_items(self.of.of(self.ever.items), "album")
        found = read_found(self.ever, Kind.ALBUMS, albums, albums["code"], MOST_ALBUMS)
        return TrackRead(**self._common(), albums=found)

    def _common(self) -> dict[str, Any]:
        kind, code = self.of.kind, self.of.code
        codes = pl.Series([code], dtype=pl.UInt32)
        first, last = bounds_of(self.ever, kind, codes, (self.of,)).get(
            code, (None, None)
        )
        totals = self.of.of(self.now.items).select(
            pl.col("plays", "unknown", "ms").sum()
        )
        amounts = totals.row(0, named=True)
        return naming(self.now.columns, kind, code) | {
            "rank": ranks_of(self.ever, Ranking(kind), codes).get(code),
            "period": read_period(self.now.period),
            "plays": amounts["plays"],
            **known_time(amounts),
            "first_play": first,
            "last_play": last,
            "years": self._years(),
        }

    def _years(self) -> list[YearRead]:
        days = days_within(self.now, self.of)
        years = (
            days.group_by(pl.col("day").dt.year().alias("year"))
            .agg(pl.col("plays", "unknown", "ms").sum())
            .sort("year")
        )
        return [
            YearRead(year=row["year"], plays=row["plays"], **known_time(row))
            for row in years.iter_rows(named=True)
        ]

    def _top(self, kind: Kind) -> list[Ranked]:
        return list_ranked(self.now, self.before, Ranking(kind), TOP, within=(self.of,))
