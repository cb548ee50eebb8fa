"""One listen that its log has twice, moments apart, with the same time played."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from unwrapped.music.history.intervals import MINUTE
from unwrapped.music.sources.logs import Log, LogName

LEAST_MS = 30_000
"""Of shorter listens two may well begin within seconds."""


def echoes(listens: pl.DataFrame, logs: Mapping[LogName, Log]) -> pl.Series:
    """The `row`s that overlap an earlier one of their log by half of their time or more.

    Of the same recording and the same time played, of `LEAST_MS` at least. Where the log
    has minutes alone, by half whatever the seconds were. Music in a loop overlaps by a
    second or two, since times are whole seconds: it is never an echo.
    """
    marked = [pl.Series("row", [], pl.UInt32)]
    for name, log in logs.items():
        slack = MINUTE if log.precision == "minute" else timedelta()
        near = pl.duration(microseconds=pl.col("ms_played") * 500) - slack
        played = listens.filter(
            pl.col("log") == name.value, pl.col("ms_played") >= LEAST_MS
        ).select("row", "started_at", "recording", "ms_played", near.alias("near"))
        marked.append(_after_another(played))
    return pl.concat(marked)


def _after_another(played: pl.DataFrame) -> pl.Series:
    gap = pl.col("started_at").diff()
    # Most begin when another has ended: what is near no row at all is near none of its
    # recording, and sorting all by all would take ten times as long.
    candidates = played.sort("started_at").filter(
        (gap <= pl.col("near")).fill_null(value=False)
        | (gap.shift(-1) <= pl.col("near")).fill_null(value=False)
    )
    same = [pl.col(name) == pl.col(name).shift() for name in ("recording", "ms_played")]
    return candidates.sort("recording", "ms_played", "started_at").filter(
        *same, gap <= pl.col("near")
    )["row"]
