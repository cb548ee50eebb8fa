"""Writes values to the places of their numbers: a Polars series with a value for each number
from 0 on.

Items and names are numbered without gaps, so writing values to their places takes a fraction
of the time of grouping by number.
"""

import polars as pl


def flags(count: int, numbers: pl.Series) -> pl.Series:
    """For each number below `count`, whether it is among `numbers`."""
    return pl.repeat(value=False, n=count, eager=True).scatter(numbers, True)


def moments(count: int, numbers: pl.Series, starts: pl.Series) -> pl.Series:
    """For each number below `count`, the last of its `starts`; null if it has none."""
    empty = pl.Series("first", [None], dtype=pl.Datetime("us", "UTC"))
    return empty.new_from_index(0, count).scatter(numbers, starts)
