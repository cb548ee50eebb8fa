"""One listen in several of Spotify's sources: the poorer rows are stored, and not counted.

A rule over the set of rows, applied anew with every import, so that any order of
imports ends in the same history. No row's mark depends on the mark of another one.
"""

from datetime import timedelta
from typing import Final

import polars as pl

from unwrapped.music.sources import spotify_api

EXTENDED: Final = "spotify_extended"
ACCOUNT: Final = "spotify_account"
API: Final = spotify_api.NAME

TRACK_KEY = ("artist_key", "title_key")

AFTER_END = timedelta(minutes=1)
"""So long after the end of a listen the API may say that it was played."""

UNKNOWN_MS = 120_000
"""What an unknown duration counts as: a minute on either side of the end."""

LONGEST_MS = 7_200_000
"""What a longer listen counts as: the time that the API tells is near the end."""

REACH = timedelta(hours=2)
"""More than there is between the first and the last moment that mean one listen."""

HALF_MILLISECOND = timedelta(microseconds=500)


def mark_shadowed(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """`listens` with `shadowed`: rows of a listen that a richer source has as well.

    Rows of the account data, by the extended history: the same track, by any spelling
    that its recording has had, with its end in the same minute. One extended row or more
    in that minute shadows all account rows of that track in it.

    Rows of the API, by both of the others: the same track, by any spellings that the two
    recordings have had, played nearer to the end of that listen than to its start, or
    `AFTER_END` after it at most. An account row ends in the whole of its minute.
    """
    shadowed = pl.concat(
        [_of_account(listens, spelled), _of_api(listens, spelled)]
    ).with_columns(pl.lit(value=True).alias("shadowed"))
    return listens.join(
        shadowed, on=_IDENTITY, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("shadowed").fill_null(value=False))


_IDENTITY = ["logged_at", "source", "recording", "ms_played"]
_MINUTE = pl.col("logged_at").dt.truncate("1m")


def _of_account(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """The identities of the account rows that are shadowed."""
    minute = _MINUTE.alias("minute")
    poorer = listens.filter(pl.col("source") == ACCOUNT)
    first, last = poorer["logged_at"].dt.truncate("1m").min(), poorer["logged_at"].max()
    names = spelled.select("spelling", "recording", *TRACK_KEY)
    richer_minutes = (
        listens.filter(
            pl.col("source") == EXTENDED,
            minute.is_between(pl.lit(first), pl.lit(last)),
        )
        .select(minute, "recording")
        .unique()
        .join(names, on="recording")
        .select("minute", *TRACK_KEY)
        .unique()
    )
    return (
        poorer.select(minute, "spelling", *_IDENTITY)
        .join(names.drop("recording"), on="spelling")
        .join(richer_minutes, on=["minute", *TRACK_KEY], how="semi")
        .select(_IDENTITY)
    )


def _of_api(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """The identities of the rows of the API that are shadowed."""
    told = listens.filter(pl.col("source") == API).select(_IDENTITY)
    if told.is_empty():
        return told
    # Where times are compared, rows meet by track and by spans of `REACH`: a time is in
    # the span that its listen's first moment is in, or in the next one.
    names = spelled.select("recording", *TRACK_KEY).unique()
    span = pl.col("logged_at").dt.truncate(REACH)
    plays = (
        told.join(names, on="recording")
        .with_columns(pl.concat_list(span, span - REACH).alias("span"))
        .explode("span")
    )
    richer = listens.filter(
        pl.col("source") != API,
        pl.col("logged_at").is_between(
            pl.lit(told["logged_at"].min()) - REACH,
            pl.lit(told["logged_at"].max()) + REACH,
        ),
    )
    moments = (
        richer.select("recording", *_first_and_last())
        .unique()
        .join(names, on="recording")
        .with_columns(pl.col("first").dt.truncate(REACH).alias("span"))
    )
    return (
        plays.join(moments, on=["span", *TRACK_KEY])
        .filter(pl.col("logged_at").is_between("first", "last"))
        .select(_IDENTITY)
        .unique()
    )


def _first_and_last() -> tuple[pl.Expr, pl.Expr]:
    """Between which moments the API means this listen."""
    ms = pl.col("ms_played").fill_null(UNKNOWN_MS).clip(upper_bound=LONGEST_MS)
    half = ms * pl.lit(HALF_MILLISECOND)
    is_cut = pl.col("source") == ACCOUNT
    earliest = pl.when(is_cut).then(_MINUTE).otherwise("logged_at")
    latest = pl.when(is_cut).then(_MINUTE + timedelta(minutes=1)).otherwise("logged_at")
    return (earliest - half).alias("first"), (latest + AFTER_END).alias("last")
