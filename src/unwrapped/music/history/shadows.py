"""One listen in several logs: the poorer rows are stored, and not counted.

A rule over the set of rows, applied again with every import, so that any order of
imports ends in the same history. No row's mark depends on the mark of another one.
Which logs it is about follows from what they log (`sources.logs.LOGS`).
"""

from datetime import timedelta

import polars as pl

from unwrapped.music.sources.logs import LOGS, RICH_TO_POOR, LogName, Moment, Precision


def _logs_of(moment: Moment, precision: Precision) -> tuple[LogName, ...]:
    return tuple(
        name
        for name in RICH_TO_POOR
        if (LOGS[name].logs, LOGS[name].precision) == (moment, precision)
    )


EXACT_ENDS = _logs_of("end", "second")
"""Logs of the ends of listens."""

CUT_ENDS = _logs_of("end", "minute")
"""Logs of the minutes in which listens ended; each is poorer than those of the ends."""

NEAR_ENDS = _logs_of("near_end", "second")
"""Logs of moments near the ends; each is poorer than the others."""

TRACK_KEY = ("artist_key", "title_key")

AFTER_END = timedelta(minutes=1)
"""So long after the end of a listen a log of `NEAR_ENDS` may say that it was played."""

UNKNOWN_MS = max(LOGS[name].longest_unknown_ms for name in (*EXACT_ENDS, *CUT_ENDS))
"""What an unknown duration counts as."""

LONGEST_MS = 7_200_000
"""What a longer listen counts as: a time near the end is not hours before it."""

REACH = timedelta(hours=2)
"""More than there is between the first and the last moment that mean one listen."""

HALF_MILLISECOND = timedelta(microseconds=500)


def mark_shadowed(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """`listens` with `shadowed`: rows of a listen that a richer source has as well.

    Rows of `CUT_ENDS`, by those of `EXACT_ENDS`: the same track, by any spelling that its
    recording has had, with its end in the same minute. One exact row or more in that
    minute shadows all cut rows of that track in it.

    Rows of `NEAR_ENDS`, by both of the others: the same track, by any spellings that the
    two recordings have had, played nearer to the end of that listen than to its start, or
    `AFTER_END` after it at most. A cut row ends in the whole of its minute.
    """
    shadowed = pl.concat(
        [_of_cut_ends(listens, spelled), _of_near_ends(listens, spelled)]
    ).with_columns(pl.lit(value=True).alias("shadowed"))
    return listens.join(
        shadowed, on=_IDENTITY, how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(pl.col("shadowed").fill_null(value=False))


_IDENTITY = ["logged_at", "source", "recording", "ms_played"]
_MINUTE = pl.col("logged_at").dt.truncate("1m")


def _of_cut_ends(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """The identities of the rows of `CUT_ENDS` that are shadowed."""
    minute = _MINUTE.alias("minute")
    poorer = listens.filter(pl.col("source").is_in(CUT_ENDS))
    first, last = poorer["logged_at"].dt.truncate("1m").min(), poorer["logged_at"].max()
    names = spelled.select("spelling", "recording", *TRACK_KEY)
    richer_minutes = (
        listens.filter(
            pl.col("source").is_in(EXACT_ENDS),
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


def _of_near_ends(listens: pl.DataFrame, spelled: pl.DataFrame) -> pl.DataFrame:
    """The identities of the rows of `NEAR_ENDS` that are shadowed."""
    near = listens.filter(pl.col("source").is_in(NEAR_ENDS)).select(_IDENTITY)
    if near.is_empty():
        return near
    # Where times are compared, rows meet by track and by spans of `REACH`: a time is in
    # the span that its listen's first moment is in, or in the next one.
    names = spelled.select("recording", *TRACK_KEY).unique()
    span = pl.col("logged_at").dt.truncate(REACH)
    plays = (
        near.join(names, on="recording")
        .with_columns(pl.concat_list(span, span - REACH).alias("span"))
        .explode("span")
    )
    richer = listens.filter(
        pl.col("source").is_in(EXACT_ENDS + CUT_ENDS),
        pl.col("logged_at").is_between(
            pl.lit(near["logged_at"].min()) - REACH,
            pl.lit(near["logged_at"].max()) + REACH,
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
    """Between which moments a log of `NEAR_ENDS` means this listen."""
    ms = pl.col("ms_played").fill_null(UNKNOWN_MS).clip(upper_bound=LONGEST_MS)
    half = ms * pl.lit(HALF_MILLISECOND)
    is_cut = pl.col("source").is_in(CUT_ENDS)
    earliest = pl.when(is_cut).then(_MINUTE).otherwise("logged_at")
    latest = pl.when(is_cut).then(_MINUTE + timedelta(minutes=1)).otherwise("logged_at")
    return (earliest - half).alias("first"), (latest + AFTER_END).alias("last")
