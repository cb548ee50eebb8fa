"""Measures the effect of a change of corrections: how many plays count differently."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.music.corrections.by_subject import Rules
from unwrapped.music.corrections.correcting import Corrected, correct
from unwrapped.music.history.terms import PLAY_MS
from unwrapped.music.read_model.columns import Columns


@dataclass(frozen=True, slots=True)
class Effect:
    """The number of listens (and of plays among them) that a change affects.

    They count as something else, no longer count, or count again.
    """

    listens: int
    plays: int


def compare(before: Corrected, after: Corrected) -> Effect:
    """The effect of other corrections on a history; `raw` is the same in both."""
    listens = before.raw.listens
    was, now = _labels(before.columns), _labels(after.columns)
    differs = pl.select(
        pl.any_horizontal(was[name].ne_missing(now[name]) for name in now.columns)
    ).to_series()
    rows = pl.DataFrame(
        {
            "ms_played": listens["ms_played"],
            "renamed": differs.gather(listens["item"]),
            "before": before.counts,
            "after": after.counts,
        }
    ).filter(
        (pl.col("before") != pl.col("after")) | (pl.col("after") & pl.col("renamed"))
    )
    plays = rows.select((pl.col("ms_played").fill_null(PLAY_MS) >= PLAY_MS).sum())
    return Effect(listens=len(rows), plays=int(plays.item()))


def _labels(columns: Columns) -> pl.DataFrame:
    """What each item counts as, by public ids: `artists`, `track`, `album`."""
    ids = columns.artists["id"]
    for_several = (
        columns.credits.with_columns(ids.gather(columns.credits["artist"]).alias("id"))
        .group_by("credit")
        .agg(pl.col("id").sort().str.join(" ").alias("several"))
    )
    artists = (
        columns.item_artists.to_frame()
        .with_columns(ids.gather(columns.item_artists).alias("one"))
        .join(
            for_several,
            left_on="artist",
            right_on="credit",
            how="left",
            maintain_order="left",
        )
    )
    return pl.DataFrame(
        {
            "artists": artists.select(pl.coalesce("several", "one"))["several"],
            "track": columns.tracks["id"].gather(columns.items["track"]),
            "album": columns.albums["id"].gather(columns.items["album"]),
        }
    )


def measure_effect(
    columns: Columns, before: Rules, after: Rules, zone: ZoneInfo
) -> Effect:
    """The effect of other rules on a history, with windows in `zone`."""
    return compare(correct(columns, before, zone), correct(columns, after, zone))
