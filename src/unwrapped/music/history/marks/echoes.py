"""Finds listens that a log has twice, moments apart, with the same time played."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from unwrapped.music.history.marks.listen_intervals import MINUTE
from unwrapped.music.sources.logs import Log, LogName

LEAST_MS = 30_000
"""Shorter listens are never echoes: two of them may really begin within seconds."""


def echoes(listens: pl.DataFrame, logs: Mapping[LogName, Log]) -> pl.Series:
    """The `row`s that overlap an earlier row of their log by at least half of their time.

    Both are of the same recording with the same time played, at least `LEAST_MS`. In a log
    of whole minutes, they must overlap by half whatever their seconds were. Music in a loop
    overlaps by a second or two, since times are whole seconds: it is never an echo.
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
    # Most rows are near no other row, of any recording. Dropping them first is ten times
    # as fast as sorting all rows by recording.
    candidates = played.sort("started_at").filter(
        (gap <= pl.col("near")).fill_null(value=False)
        | (gap.shift(-1) <= pl.col("near")).fill_null(value=False)
    )
    same = [pl.col(name) == pl.col(name).shift() for name in ("recording", "ms_played")]
    return candidates.sort("recording", "ms_played", "started_at").filter(
        *same, gap <= pl.col("near")
    )["row"]
