"""When a listen began, as far as its log says: fixed for ever by the row alone."""

from collections.abc import Mapping

import polars as pl

from unwrapped.music.sources.logs import LOGS, Log, LogName


def started_at(logs: Mapping[LogName, Log] = LOGS) -> pl.Expr:
    """`started_at`, from `log`, `logged_at` and `ms_played` and nothing else.

    Where the end is logged, the time played before it; the logged time where that is
    unknown, and for logs of starts and of moments near the end. The length of the track
    has no part in it: it may become known later, and the time is part of the exact key.
    """
    of_ends = [name.value for name, log in logs.items() if log.logs == "end"]
    played = pl.when(pl.col("log").is_in(of_ends)).then("ms_played").fill_null(0)
    before = pl.duration(milliseconds=played, time_unit="us")
    return (pl.col("logged_at") - before).alias("started_at")
