"""Searches a history for artists, albums and tracks by a part of their name."""

import polars as pl

from unwrapped.music.read_model.name_tables import fold
from unwrapped.music.statistics.cutting import Cut
from unwrapped.music.statistics.schemas import Found, Kind, SearchResult
from unwrapped.music.statistics.tops import COLUMN, names_of, naming

MOST_FOUND = 20


def search(ever: Cut, text: str) -> SearchResult:
    """Artists, albums and tracks with `text` in their name, ignoring case and accents.

    At most `MOST_FOUND` of each kind are returned, the most played first. `ever` is the
    whole history.
    """
    wanted = fold(text)
    return SearchResult(
        **{kind.value: _found(ever, kind, wanted) for kind in Kind if wanted}
        or {kind.value: [] for kind in Kind}
    )


def _found(ever: Cut, kind: Kind, wanted: str) -> list[Found]:
    names = names_of(ever.columns, kind)["folded"]
    codes = names.str.contains(wanted, literal=True).arg_true()
    return read_found(ever, kind, ever.tally(COLUMN[kind]), codes, MOST_FOUND)


def read_found(
    ever: Cut, kind: Kind, tallied: pl.DataFrame, codes: pl.Series, most: int
) -> list[Found]:
    """The items of `codes` with a play, the most played first; at most `most`."""
    rows = tallied.filter(pl.col("code").is_in(codes.implode())).sort(
        "plays", "code", descending=[True, False]
    )
    return [
        Found(**naming(ever.columns, kind, code), plays=plays)
        for code, plays in rows.head(most).select("code", "plays").iter_rows()
    ]
