"""Finds when each artist, album and track of a history was first played."""

from bisect import bisect_left

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.read_model.columns import Columns
from unwrapped.music.statistics.by_number import moments
from unwrapped.music.statistics.cutting import Cut, plays_of


class Firsts:
    """The first plays of a history, computed once for each kind."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._made: dict[str, pl.Series] = {}

    def within(self, cut: Cut, kind: str) -> pl.Series:
        """The first plays of the artists, albums or tracks that are new in the period of
        `cut`, in microseconds since 1970 in UTC, in order."""
        if kind not in self._made:
            self._made[kind] = self._first(kind)
        first = self._made[kind]
        # For a single number, a search by Polars takes four times as long.
        bounds = [[bisect_left(first, at) for at in span] for span in cut.spans]
        spans = [first.slice(at, end - at) for at, end in bounds]
        return pl.concat(spans) if spans else first.clear()

    def codes_within(self, cut: Cut, kind: str) -> pl.Series:
        """The numbers of the artists, albums or tracks that are new in the period of
        `cut`."""
        firsts = self._starts(kind)
        at = firsts["first"].dt.epoch("us")
        is_new = pl.repeat(value=False, n=len(at), eager=True)
        for begin, end in cut.spans:
            is_new |= (at >= begin) & (at < end)
        return firsts.filter(is_new)[kind]

    @property
    def size(self) -> int:
        """Approximate bytes in memory."""
        return sum(int(made.estimated_size()) for made in list(self._made.values()))

    def _first(self, kind: str) -> pl.Series:
        return self._starts(kind)["first"].dt.epoch("us").sort()

    def _starts(self, kind: str) -> pl.DataFrame:
        """The start of the first play of each artist, album or track."""
        of, items = self._columns, self._of_items()
        if kind == "artist":
            named = pl.DataFrame([of.item_artists, items])
            named = for_each_artist(named, of.credits)
        else:
            named = pl.DataFrame([of.items[kind], items])
        return named.drop_nulls().group_by(kind).agg(pl.col("first").min())

    def _of_items(self) -> pl.Series:
        """The start of the first play of each item."""
        if "item" not in self._made:
            # Of several starts, the one written last stays: so the first one comes last.
            back = plays_of(self._columns.listens).reverse()
            items = moments(len(self._columns.items), back["item"], back["started_at"])
            self._made["item"] = items
        return self._made["item"]
