"""Finds listens that are in several logs: the richest row counts, the others do not.

The mark of a row does not depend on the mark of another. Rows are not matched one to one:
any matching richer row hides a poorer one, since a richer log has both of two repeats.
"""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from unwrapped.music.history.marks.listen_intervals import began, ran
from unwrapped.music.history.marks.loose_keys import shared_tokens
from unwrapped.music.sources.logs import Log, LogName

MARGIN = timedelta(seconds=30)
"""How far off clocks and clients may be. A smaller margin misses doubles, a larger one
hides repeats.
"""


def with_richer_source(
    listens: pl.DataFrame, loose: pl.DataFrame, logs: Mapping[LogName, Log]
) -> pl.Series:
    """The `row`s of listens that a log of a better rank has as well.

    The richer row is of a recording that shares a loose key, and ran, within `MARGIN`, at a
    moment at which the poorer one may have begun. `logs` are in the order of their ranks,
    from rich to poor.
    """
    marked = [pl.Series("row", [], pl.UInt32)]
    richer: list[pl.DataFrame] = []
    for name, log in logs.items():
        of_log = listens.filter(pl.col("log") == name.value)
        if richer:
            start = began(log)
            poorer = of_log.select(
                "row",
                "recording",
                (start.first - MARGIN).alias("first"),
                (start.last + MARGIN).alias("last"),
            )
            marked.append(_met(poorer, pl.concat(richer), loose))
        span = ran(log)
        richer.append(
            of_log.select("recording", span.first.alias("a"), span.last.alias("b"))
        )
    return pl.concat(marked)


def _met(poorer: pl.DataFrame, richer: pl.DataFrame, loose: pl.DataFrame) -> pl.Series:
    ones, others = shared_tokens(
        *(loose.join(side, on="recording", how="semi") for side in (poorer, richer))
    )
    # It is enough that one richer row began by `last` and ended after `first`.
    spans = (
        richer.join(others, on="recording")
        .sort("a")
        .select("token", "a", pl.col("b").cum_max().over("token"))
    )
    return (
        poorer.join(ones, on="recording")
        .sort("last")
        .join_asof(
            spans, left_on="last", right_on="a", by="token", check_sortedness=False
        )
        .filter(pl.col("b") >= pl.col("first"))["row"]
        .unique()
    )
