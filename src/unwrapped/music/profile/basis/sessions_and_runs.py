"""Sessions and runs of listens, and the time that each listen adds to the total.

All functions take frames sorted by `started_at`.
"""

from datetime import timedelta

import polars as pl

BREAK = timedelta(minutes=30)


def with_sessions(plays: pl.DataFrame) -> pl.DataFrame:
    """`plays` with the number of their `session`: 0, 1, 2, …"""
    gap = pl.col("started_at") - pl.col("ended_at").cum_max().shift()
    begins = (gap >= BREAK).fill_null(value=False)
    return plays.with_columns(begins.cum_sum().alias("session"))


def find_runs(plays: pl.DataFrame, *alike: str) -> pl.DataFrame:
    """Runs of plays with the same values in these columns, in order.

    `begin` and `end` are row numbers, `end` excluded; `plays` is the length of the run.
    """
    changes = [pl.col(name).ne_missing(pl.col(name).shift()) for name in alike]
    begin = pl.col("begin")
    end = begin.shift(-1, fill_value=len(plays))
    return plays.select(begin=pl.arg_where(pl.any_horizontal(changes))).with_columns(
        end=end, plays=end - begin
    )


def wall_clock_ms() -> pl.Expr:
    """The time that each listen adds to the union of all intervals, in ms (Int64): its
    part after the latest end so far.
    """
    ended_before = pl.col("ended_at").cum_max().shift()
    begins = pl.max_horizontal("started_at", ended_before)
    return (pl.col("ended_at") - begins).dt.total_milliseconds().clip(0)
