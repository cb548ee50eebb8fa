"""Decides whether a time of the week is in a window."""

from collections.abc import Iterable
from datetime import datetime, time

from unwrapped.music.corrections.correction import Correction, Window


def window_at(windows: Iterable[Correction], clock: datetime) -> Correction | None:
    """The first correction whose window contains this time."""
    weekday, at = clock.isoweekday(), clock.time()
    return next(
        (one for one in windows if one.window and holds(one.window, weekday, at)), None
    )


def holds(window: Window, weekday: int, at: time) -> bool:
    """Whether a time of a weekday is in a window."""
    begun = at >= window.begins and weekday in window.weekdays
    if not window.is_over_midnight:
        return begun and at < window.ends
    return begun or (at < window.ends and day_before(weekday) in window.weekdays)


def day_before(weekday: int) -> int:
    """The day before a weekday; 1 is Monday."""
    return (weekday - 2) % 7 + 1
