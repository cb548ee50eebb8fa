"""The start of a listen, computed from its row alone."""

from collections.abc import Mapping

import polars as pl

from unwrapped.music.sources.logs import LOGS, Log, LogName


def started_at(logs: Mapping[LogName, Log] = LOGS) -> pl.Expr:
    """`started_at`, from `log`, `logged_at` and `ms_played` alone.

    It is the logged time, less the time played if the log has ends and the time is known.
    The length of the track is not used: it may become known later, and the start is part
    of the exact key.
    """
    of_ends = [name.value for name, log in logs.items() if log.logs == "end"]
    played = pl.when(pl.col("log").is_in(of_ends)).then("ms_played").fill_null(0)
    before = pl.duration(milliseconds=played, time_unit="us")
    return (pl.col("logged_at") - before).alias("started_at")
