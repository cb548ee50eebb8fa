"""Computes when a listen ran, and when it may have begun, from its logged time.

This is the only module that defines the meaning of a log's times. `t` is the logged time,
cut to its minute if the log has whole minutes; `cut` is then the length of that minute,
otherwise 0; `lasted` is the time played:

=========  ==================================  ========================================
`logs`     ran from .. to                      began from .. to
=========  ==================================  ========================================
start      `t` .. `t + cut + lasted`           `t` .. `t + cut`
end        `t - lasted` .. `t + cut`           `t - lasted` .. `t - lasted + cut`
near_end   `t - lasted` .. `t + cut`           `t - lasted - LATE` .. `t + cut`
=========  ==================================  ========================================

If the time played is unknown, `lasted` is the length of the track (at most `LONG_MS`). If that
is unknown too, it is `longest_unknown_ms` of the log. In both cases, a listen whose end is
logged may have begun at any moment up to `t + cut`. If `longest_unknown_ms` of a `near_end`
log is 0, `lasted` is 0 for all of its listens.
"""

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from unwrapped.music.history.terms import LONG_MS
from unwrapped.music.sources.logs import Log

MINUTE = timedelta(minutes=1)

LATE = timedelta(seconds=30)
"""How long after the end of a listen a `near_end` log may record it, in addition to the usual
margin."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The first and the last moment, as expressions on the listens of one log."""

    first: pl.Expr
    last: pl.Expr


def ran(log: Log) -> Interval:
    """The interval within which a listen began and ended."""
    time, cut, lasted = _time(log), _cut(log), _lasted(log)
    if log.logs == "start":
        return Interval(time, time + cut + lasted)
    return Interval(time - lasted, time + cut)


def began(log: Log) -> Interval:
    """The interval within which a listen began."""
    time, cut, lasted = _time(log), _cut(log), _lasted(log)
    if log.logs == "start":
        return Interval(time, time + cut)
    if log.logs == "near_end":
        return Interval(time - lasted - LATE, time + cut)
    known = pl.col("ms_played").is_not_null()
    start = time - lasted
    return Interval(start, pl.when(known).then(start + cut).otherwise(time + cut))


def _time(log: Log) -> pl.Expr:
    """The logged time, cut to the precision of the log."""
    time = pl.col("started_at")
    if log.logs == "end":
        time += _milliseconds(pl.col("ms_played").fill_null(0))
    return time.dt.truncate("1m") if log.precision == "minute" else time


def _cut(log: Log) -> timedelta:
    return MINUTE if log.precision == "minute" else timedelta()


def _lasted(log: Log) -> pl.Expr:
    unknown = min(log.longest_unknown_ms, LONG_MS)
    played = pl.col("ms_played")
    if log.logs == "near_end":
        if not unknown:
            return _milliseconds(pl.lit(0))
        played = played.clip(upper_bound=LONG_MS)
    length = pl.col("length_ms").cast(pl.Int64).clip(upper_bound=LONG_MS)
    return _milliseconds(pl.coalesce(played, length, unknown))


def _milliseconds(ms: pl.Expr) -> pl.Expr:
    return pl.duration(milliseconds=ms, time_unit="us")
