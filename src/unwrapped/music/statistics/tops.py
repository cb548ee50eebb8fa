"""Ranks artists, albums and tracks, also among the items of one of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.read_model.columns import Columns
from unwrapped.music.statistics.amounts import known_time
from unwrapped.music.statistics.by_number import flags
from unwrapped.music.statistics.cutting import IS_PLAY, Cut, tally_items
from unwrapped.music.statistics.question import NotInHistory, Place, Ranking
from unwrapped.music.statistics.schemas import By, Kind, LastPlay, Order, Ranked

COLUMN = {Kind.ARTISTS: "artist", Kind.ALBUMS: "album", Kind.TRACKS: "track"}
"""The column of `Cut.items` for each kind."""


@dataclass(frozen=True, slots=True)
class Within:
    """A filter: the items of an artist, an album or a track, given by its number."""

    kind: Kind
    code: int
    credits: tuple[int, ...] = ()
    """The credits that are split into this artist and others."""

    @property
    def holds(self) -> pl.Expr:
        """Whether an item matches, as an expression."""
        return pl.col(COLUMN[self.kind]).is_in([self.code, *self.credits])

    def of(self, items: pl.DataFrame) -> pl.DataFrame:
        """The matching items."""
        return items.filter(self.holds)


def listens_within(cut: Cut, within: tuple[Within, ...]) -> pl.DataFrame:
    """The listens of a cut to items that match all `within`."""
    narrowed = cut.narrowed
    if not within:
        return cut.listens
    if narrowed is None or narrowed[0] != within:
        items = cut.columns.items.with_columns(cut.columns.item_artists)
        items = _matching(items.with_row_index("item"), within)
        narrowed = cut.narrowed = (within, _listens_to(cut, cut.listens, items))
    return narrowed[1]


def _listens_to(cut: Cut, listens: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    belongs = flags(len(cut.columns.items), items["item"])
    return listens.filter(belongs.gather(listens["item"]))


def find(columns: Columns, kind: Kind, public_id: str) -> Within:
    """The filter for the artist, album or track with this id. Raises `NotInHistory`."""
    found = (names_of(columns, kind)["id"] == public_id).arg_true()
    if found.is_empty():
        raise NotInHistory
    code = int(found[0])
    if kind is not Kind.ARTISTS:
        return Within(kind, code)
    credit, artist = columns.credits["credit"], columns.credits["artist"]
    if (credit == code).any():
        raise NotInHistory
    return Within(kind, code, tuple(credit.filter(artist == code)))


def names_of(columns: Columns, kind: Kind) -> pl.DataFrame:
    """The table of names of a kind."""
    return columns.named(COLUMN[kind])


def ranks_of(
    cut: Cut, asked: Ranking, codes: pl.Series, within: tuple[Within, ...] = ()
) -> dict[int, int]:
    """The rank of each of `codes` that has a play of the items `within`."""
    figure, wanted = _figure(asked), pl.col("code").is_in(codes.implode())
    tallied = _tally_within(cut, asked, within).select("code", figure)
    # Items with less than all of `codes` do not change their ranks.
    above = pl.col(figure) >= pl.col(figure).filter(wanted).min()
    ranked = _in_order(tallied.filter(above), asked)
    return dict(ranked.filter(wanted).select("code", "rank").iter_rows())


type Bounds = dict[int, tuple[datetime, datetime]]
"""The starts of the first and the last play, by code."""


def bounds_of(
    cut: Cut, kind: Kind, codes: pl.Series, within: tuple[Within, ...] = ()
) -> Bounds:
    """The bounds of each of `codes` that has a play of the items `within`."""
    items = _matching(cut.items, within)
    if kind is Kind.ARTISTS:
        items = for_each_artist(items, cut.columns.credits)
    items = items.filter(pl.col(COLUMN[kind]).is_in(codes.implode()))
    listens = _listens_to(cut, listens_within(cut, within), items)
    plays = listens.filter(IS_PLAY).select("item", "started_at")
    starts = plays.group_by("item", maintain_order=True).agg(
        pl.col("started_at").first().alias("first"),
        pl.col("started_at").last().alias("last"),
    )
    bounds = items.join(starts, on="item").group_by(COLUMN[kind])
    found = bounds.agg(pl.col("first").min(), pl.col("last").max())
    return {code: (first, last) for code, first, last in found.iter_rows()}


def _tally_within(cut: Cut, asked: Ranking, within: tuple[Within, ...]) -> pl.DataFrame:
    if not within:
        return cut.tally(COLUMN[asked.kind])
    items = _matching(cut.items, within)
    if asked.kind is Kind.ARTISTS:
        items = for_each_artist(items, cut.columns.credits)
    return tally_items(items, COLUMN[asked.kind])


def _matching(items: pl.DataFrame, within: tuple[Within, ...]) -> pl.DataFrame:
    for one in within:
        items = one.of(items)
    return items


def _total(
    cut: Cut, asked: Ranking, within: tuple[Within, ...], tallied: pl.DataFrame
) -> int:
    """The total for shares, in which a play of several artists counts once."""
    if asked.kind is Kind.ARTISTS and not cut.columns.credits.is_empty():
        tallied = tally_items(_matching(cut.items, within), COLUMN[asked.kind])
    return int(tallied[_figure(asked)].sum())


def _in_order(tallied: pl.DataFrame, asked: Ranking) -> pl.DataFrame:
    # Names are numbered in alphabetical order.
    ranked = tallied.sort(_figure(asked), "code", descending=[True, False])
    return ranked.with_row_index("rank", offset=1)


def list_ranked(
    now: Cut,
    before: Cut | None,
    asked: Ranking,
    count: int,
    after: Place | None = None,
    within: tuple[Within, ...] = (),
    only: pl.Series | None = None,
) -> list[Ranked]:
    """Up to `count` places of a ranking of the items `within`, following `after`.

    `only` are the numbers of those that are ranked; None for all.
    """
    figure = _figure(asked)
    tallied = _tally_within(now, asked, within)
    total = _total(now, asked, within, tallied)
    if only is not None:
        tallied = tallied.filter(pl.col("code").is_in(only.implode()))
    if after is None and asked.order is Order.MOST:
        # Usually the first page is requested: then the rest need not be sorted.
        tallied = tallied.top_k(count, by=[figure, "code"], reverse=[False, True])
    ranked = _in_order(tallied, asked)
    names = names_of(now.columns, asked.kind)
    listed = ranked if asked.order is Order.MOST else ranked.reverse()
    begin = _begin(listed, names, asked, after)
    page = listed.slice(begin, count)
    former = {}
    if before is not None:
        former = ranks_of(before, asked, page["code"], within)
    bounds = bounds_of(now, asked.kind, page["code"], within)
    return [
        Ranked(
            rank=row["rank"],
            rank_before=former.get(row["code"]),
            **naming(now.columns, asked.kind, row["code"]),
            plays=row["plays"],
            **known_time(row),
            share=row[figure] / total if total else 0.0,
            first_play=bounds[row["code"]][0],
            last_play=bounds[row["code"]][1],
        )
        for row in page.iter_rows(named=True)
    ]


def list_last(cut: Cut, within: tuple[Within, ...], count: int) -> list[LastPlay]:
    """The last plays of the items `within`, the latest first."""
    plays = listens_within(cut, within).filter(IS_PLAY).tail(count).reverse()
    tracks = cut.columns.items["track"].gather(plays["item"])
    named = cut.columns.tracks.select(pl.col("id", "title").gather(tracks))
    return [
        LastPlay(started_at=began, source=source, track_id=track_id, title=title)
        for (began, source), (track_id, title) in zip(
            plays.select("started_at", "source").iter_rows(),
            named.iter_rows(),
            strict=True,
        )
    ]


def naming(columns: Columns, kind: Kind, code: int) -> dict[str, Any]:
    """`id`, `name`, `artist` and `artist_id` of an item."""
    row = names_of(columns, kind).row(code, named=True)
    artist = (
        row if kind is Kind.ARTISTS else columns.artists.row(row["artist"], named=True)
    )
    return {
        "id": row["id"],
        "name": row["title" if kind is Kind.TRACKS else "name"],
        "artist": artist["name"],
        "artist_id": artist["id"],
    }


def _figure(asked: Ranking) -> str:
    return "plays" if asked.by is By.PLAYS else "ms"


def _begin(
    listed: pl.DataFrame, names: pl.DataFrame, asked: Ranking, after: Place | None
) -> int:
    """The index of the first row of a page."""
    if after is None:
        return 0
    code = (names["id"] == after.id).arg_true()
    here = (listed["code"] == code[0]).arg_true() if len(code) else pl.Series([])
    if len(here):
        return int(here[0]) + 1
    if asked.order is Order.MOST:
        return int(listed["rank"].search_sorted(after.rank, side="right"))
    return int((listed["rank"] >= after.rank).sum())
