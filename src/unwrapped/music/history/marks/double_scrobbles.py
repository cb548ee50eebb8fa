"""Finds listens that were reported twice, by two clients or by a retry."""

from collections.abc import Mapping
from datetime import timedelta

import polars as pl

from unwrapped.music.history.marks.loose_keys import shared_tokens
from unwrapped.music.sources.logs import Log, LogName

TOO_SOON = timedelta(seconds=15)
"""Half of the shortest track that clients report: a real second listen begins later."""


def double_scrobbles(
    listens: pl.DataFrame,
    spelled: pl.DataFrame,
    loose: pl.DataFrame,
    logs: Mapping[LogName, Log],
) -> pl.Series:
    """The `row`s that come too soon after another row of their log.

    The other row is of a recording that shares a loose key, and begins less than `TOO_SOON`
    earlier (in a log of whole minutes: in the same minute). Of rows at the same moment, the
    first in this order counts: known time played, shorter time, identity.
    """
    marked = [pl.Series("row", [], pl.UInt32)]
    for name, log in logs.items():
        if not log.scrobbled:
            continue
        moment = pl.col("started_at")
        if log.precision == "minute":
            moment = moment.dt.truncate("1m")
        of_log = listens.filter(pl.col("log") == name.value).with_columns(
            moment.alias("moment")
        )
        marked.append(_too_soon(of_log, spelled, loose))
    return pl.concat(marked)


def _too_soon(
    scrobbles: pl.DataFrame, spelled: pl.DataFrame, loose: pl.DataFrame
) -> pl.Series:
    gap = pl.col("moment").diff()
    close = scrobbles.sort("moment").filter(
        (gap < TOO_SOON).fill_null(value=False)
        | (gap.shift(-1) < TOO_SOON).fill_null(value=False)
    )
    close = _in_order(close, spelled)
    keys = loose.join(close, on="recording", how="semi")
    ones, others = shared_tokens(keys, keys)
    place = pl.col("place")
    before = (
        close.join(others, on="recording")
        .select("token", "place", pl.col("moment").alias("before"))
        .sort(place)
    )
    return (
        close.join(ones, on="recording")
        .sort(place)
        .join_asof(
            before,
            on="place",
            by="token",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .filter(pl.col("moment") - pl.col("before") < TOO_SOON)["row"]
        .unique()
    )


def _in_order(scrobbles: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """`scrobbles` with `place`, their rank in a total order without database numbers."""
    identities = spelled.select("recording", "identity").unique("recording")
    return (
        scrobbles.join(identities, on="recording", how="left")
        .sort(
            "moment",
            pl.col("ms_played").is_null(),
            "ms_played",
            "identity",
            "started_at",
        )
        .drop("identity")
        .with_row_index("place")
    )
