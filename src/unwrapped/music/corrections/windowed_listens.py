"""Finds the listens of a history that begin in an excluded time of the week."""

from collections.abc import Sequence
from datetime import time
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.music.corrections.correction import Correction, Window
from unwrapped.music.corrections.windows import day_before
from unwrapped.music.history.local_time import local_times

_DAYS = range(1, 8)


def in_windows(
    starts: pl.Series, windows: Sequence[Correction], zone: ZoneInfo
) -> pl.Series:
    """Whether each listen begins in one of the windows; `starts` are sorted, in UTC."""
    local = local_times(starts, zone)
    clock = pl.DataFrame(
        {
            "weekday": local.dt.weekday(),
            "minute": local.dt.hour().cast(pl.Int16) * 60 + local.dt.minute(),
        }
    )
    inside = [_inside(one.window) for one in windows if one.window is not None]
    held = pl.any_horizontal(inside)
    return clock.select(held.alias("held"))["held"]


def _inside(window: Window) -> pl.Expr:
    """`windows.holds` as an expression on `weekday` and `minute`."""
    weekday, minute = pl.col("weekday"), pl.col("minute")
    begun = (minute >= _minute(window.begins)) & weekday.is_in(sorted(window.weekdays))
    ending = minute < _minute(window.ends)
    if not window.is_over_midnight:
        return begun & ending
    after = [day for day in _DAYS if day_before(day) in window.weekdays]
    return begun | (ending & weekday.is_in(after))


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
