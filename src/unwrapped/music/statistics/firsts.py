"""When each artist, album and track of a history was first played."""

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.read_model.columns import Columns
from unwrapped.music.statistics.cutting import IS_PLAY


class Firsts:
    """The first plays of a history, each kind made once."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._made: dict[str, pl.Series] = {}

    def of(self, kind: str) -> pl.Series:
        """The start of the first play of each artist, album or track, by its number; null
        for one without a play."""
        if kind not in self._made:
            self._made[kind] = self._first(kind)
        return self._made[kind]

    def met_in(self, tallied: pl.DataFrame, kind: str) -> pl.Series:
        """Of each row of a `Cut.tally`, whether its first play is the first of all."""
        return self.of(kind).gather(tallied["code"]) == tallied["first"]

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        return sum(int(made.estimated_size()) for made in list(self._made.values()))

    def _first(self, kind: str) -> pl.Series:
        of, items = self._columns, self._of_items()
        names = {"artist": of.artists, "album": of.albums, "track": of.tracks}
        if kind == "artist":
            named = pl.DataFrame([of.item_artists, items])
            named = for_each_artist(named, of.credits)
        else:
            named = pl.DataFrame([of.items[kind], items])
        firsts = named.drop_nulls().group_by(kind).agg(pl.col("first").min())
        return _empty(len(names[kind])).scatter(firsts[kind], firsts["first"])

    def _of_items(self) -> pl.Series:
        """The start of the first play of each item: backwards, so that it is written last,
        in a fraction of the time of a group-by."""
        if "item" not in self._made:
            plays = self._columns.listens.lazy().filter(IS_PLAY)
            back = plays.select("item", "started_at").reverse().collect()
            items = _empty(len(self._columns.items))
            self._made["item"] = items.scatter(back["item"], back["started_at"])
        return self._made["item"]


def _empty(count: int) -> pl.Series:
    return pl.Series("first", [None], dtype=pl.Datetime("us", "UTC")).new_from_index(
        0, count
    )
