"""Applies corrections to the columns of a history.

Corrections change the names of the items that listens refer to, which are a small table. Of
the listens, those that do not count are left out.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correction import Ids, Names
from unwrapped.music.corrections.outcomes import Judge, Outcome
from unwrapped.music.corrections.relabelling import Labels, relabel
from unwrapped.music.corrections.windowed_listens import in_windows
from unwrapped.music.read_model.columns import Columns
from unwrapped.shared.zones import parse_zone


@dataclass(frozen=True, eq=False)
class Corrected:
    """A history before and after its corrections, with the same numbers for items."""

    raw: Columns
    columns: Columns
    excluded: pl.Series
    """For each item, whether its listens do not count."""

    kept: pl.Series | None
    """For each listen of `raw`, whether it counts; None if all do."""

    @property
    def size(self) -> int:
        """Approximate bytes in memory."""
        raw, columns = self.raw, self.columns
        if columns is raw:
            return raw.size
        shared = columns.listens is raw.listens
        listens = int(raw.listens.estimated_size()) if shared else 0
        return raw.size + columns.size - listens

    @cached_property
    def counts(self) -> pl.Series:
        """For each listen of `raw`, whether it counts."""
        if self.kept is not None:
            return self.kept
        return pl.repeat(value=True, n=len(self.raw.listens), eager=True)


def uncorrected(columns: Columns) -> Corrected:
    """A history without corrections."""
    return correct(columns, Rules(), parse_zone("UTC"))


def correct(columns: Columns, rules: Rules, zone: ZoneInfo) -> Corrected:
    """The history as it counts, with windows in `zone`.

    It does not depend on the order of imports or of corrections.
    """
    excluded = pl.repeat(value=False, n=len(columns.items), eager=True)
    if rules == Rules():
        return Corrected(columns, columns, excluded, None)
    outcomes = _outcomes(columns, rules)
    out = [item for item, of in outcomes.items() if of.excluded_by is not None]
    if out:
        excluded = excluded.scatter(out, True)
    counted = {
        item: Labels(of.names, of.artists)
        for item, of in outcomes.items()
        if of.excluded_by is None
    }
    labelled = relabel(columns, counted, excluded) if outcomes else columns
    kept = _kept(columns, rules, excluded, zone)
    if kept is not None:
        labelled = replace(labelled, listens=columns.listens.filter(kept))
    return Corrected(columns, labelled, excluded, kept)


class _Shown(NamedTuple):
    item: int
    names: Names
    variant: int | None


def _outcomes(columns: Columns, rules: Rules) -> dict[int, Outcome]:
    """The outcome for each item to which a rule may apply."""
    judge = Judge(rules)
    spelled = _spelled(columns, rules)
    return {
        one.item: judge.judge(
            one.names, spelled.get(one.variant, ()) if one.variant is not None else ()
        )
        for one in _touched(columns, rules, list(spelled))
    }


def _spelled(columns: Columns, rules: Rules) -> dict[int, list[Ids]]:
    """All ids of the recordings with an id to which a rule may apply, by variant."""
    held = columns.variants.filter(_named(rules))["variant"].unique()
    found: dict[int, list[Ids]] = {}
    rows = columns.variants.filter(pl.col("variant").is_in(held.implode()))
    for variant, *ids in rows.iter_rows():
        found.setdefault(variant, []).append(Ids(*ids))
    return found


def _touched(columns: Columns, rules: Rules, variants: list[int]) -> list[_Shown]:
    items, tracks, albums = columns.items, columns.tracks, columns.albums
    artist = columns.item_artists
    ids = pl.DataFrame(
        {
            "artist": columns.artists["id"].gather(artist),
            "track": tracks["id"].gather(items["track"]),
            "album": albums["id"].gather(items["album"]),
            "variant": items["variant"],
        }
    )
    of_variant = pl.col("variant").is_in(variants).fill_null(value=False)
    touched = ids.select(pl.arg_where(_named(rules) | of_variant).alias("item"))["item"]
    names = zip(
        columns.artists["name"].gather(artist.gather(touched)),
        tracks["title"].gather(items["track"].gather(touched)),
        albums["name"].gather(items["album"].gather(touched)),
        strict=True,
    )
    return [
        _Shown(item, Names(*named), variant)
        for item, named, variant in zip(
            touched, names, items["variant"].gather(touched), strict=True
        )
    ]


def _named(rules: Rules) -> pl.Expr:
    """Whether a rule may apply to one of the ids `artist`, `track` and `album`."""
    wanted = {
        "artist": rules.artist_ids,
        "track": rules.track_ids,
        "album": rules.album_ids,
    }
    return pl.any_horizontal(
        pl.col(name).is_in(sorted(ids)).fill_null(value=False)
        for name, ids in wanted.items()
    )


def _kept(
    columns: Columns, rules: Rules, excluded: pl.Series, zone: ZoneInfo
) -> pl.Series | None:
    listens = columns.listens
    out = []
    if excluded.any():
        out.append(excluded.gather(listens["item"]))
    if rules.windows:
        out.append(in_windows(listens["started_at"], rules.windows, zone))
    if not out:
        return None
    kept = pl.select((~pl.any_horizontal(out)).alias("kept"))["kept"]
    return None if kept.all() else kept
