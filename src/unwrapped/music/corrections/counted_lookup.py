"""Finds what an artist, album or track counts as, and what counts as one of them."""

from dataclasses import dataclass

import polars as pl

from unwrapped.music.corrections.correcting import Corrected
from unwrapped.music.corrections.correction import Scope
from unwrapped.music.read_model.columns import Columns


@dataclass(frozen=True, slots=True)
class Counted:
    """One artist, album or track."""

    id: str
    name: str
    artist: str


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What an artist, an album or a track of a history counts as."""

    name: str
    artist: str
    counted: list[Counted]
    """What it counts as, in alphabetical order; empty if it does not count."""


def find_counted(of: Corrected, scope: Scope, public_id: str) -> Whereabouts | None:
    """What the artist, album or track with this id counts as; None if there is none."""
    code = _code(of.raw, scope, public_id)
    if code is None:
        return None
    items = _items_of(of.raw, scope, [code])
    found = _codes(of.columns, scope).gather(items).drop_nulls().unique().sort()
    codes = _expanded(of.columns, found.to_list()) if scope is Scope.ARTIST else found
    name = _counted(of.raw, scope, code)
    counted = [_counted(of.columns, scope, one) for one in codes]
    return Whereabouts(name.name, name.artist, counted)


def find_sources(of: Corrected, scope: Scope, public_id: str) -> list[Counted]:
    """What counts as the artist, album or track with this id, in alphabetical order."""
    code = _code(of.columns, scope, public_id)
    if code is None:
        return []
    credits_ = of.columns.credits
    codes = [code]
    if scope is Scope.ARTIST:
        codes += credits_.filter(pl.col("artist") == code)["credit"].to_list()
    items = _items_of(of.columns, scope, codes)
    found = _codes(of.raw, scope).gather(items).drop_nulls().unique().sort()
    return [_counted(of.raw, scope, one) for one in found]


def _table(columns: Columns, scope: Scope) -> pl.DataFrame:
    tables = {
        Scope.ARTIST: columns.artists,
        Scope.ALBUM: columns.albums,
        Scope.TRACK: columns.tracks,
    }
    return tables[scope]


def _codes(columns: Columns, scope: Scope) -> pl.Series:
    """The number of each item in the table of a scope."""
    return columns.item_artists if scope is Scope.ARTIST else columns.items[scope.value]


def _code(columns: Columns, scope: Scope, public_id: str) -> int | None:
    found = (_table(columns, scope)["id"] == public_id).arg_true()
    return None if found.is_empty() else int(found[0])


def _items_of(columns: Columns, scope: Scope, codes: list[int]) -> pl.Series:
    return _codes(columns, scope).is_in(codes).fill_null(value=False).arg_true()


def _expanded(columns: Columns, artists: list[int]) -> list[int]:
    """The artists, with each one that is split replaced by the artists of the split."""
    stands_for = columns.credits.filter(pl.col("credit").is_in(artists))
    one = set(artists) - set(stands_for["credit"])
    return sorted(one | set(stands_for["artist"]))


def _counted(columns: Columns, scope: Scope, code: int) -> Counted:
    row = _table(columns, scope).row(code, named=True)
    name = row["title" if scope is Scope.TRACK else "name"]
    artist = name if scope is Scope.ARTIST else columns.artists["name"][row["artist"]]
    return Counted(row["id"], name, artist)
