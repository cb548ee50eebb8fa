"""Days without data, because a file of the history is missing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from unwrapped.music.history.warnings import Span

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Whole days in the listener's zone, both included."""

    first_day: date
    last_day: date


def place_gaps(holes: Iterable[Span], zone: ZoneInfo, until: date) -> list[Gap]:
    """The whole days that each hole covers, in order, up to and including the day
    `until`. Holes that cover no whole day are left out."""
    gaps = [
        Gap(
            first_day=hole.first.astimezone(zone).date() + DAY,
            last_day=min(hole.last.astimezone(zone).date() - DAY, until),
        )
        for hole in holes
    ]
    return [gap for gap in gaps if gap.first_day <= gap.last_day]


def days_missing(gaps: Sequence[Gap], first: date, last: date) -> int:
    """How many days from `first` to `last`, both included, are in a gap."""
    days = (
        (min(gap.last_day, last) - max(gap.first_day, first)).days + 1 for gap in gaps
    )
    return sum(count for count in days if count > 0)
