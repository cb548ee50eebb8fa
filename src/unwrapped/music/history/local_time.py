"""Local times in a zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.shared.zones import offsets_between

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """The microseconds since 1970."""
    return (moment - EPOCH) // MICROSECOND


def local_times(starts: pl.Series, zone: ZoneInfo) -> pl.Series:
    """`starts` (UTC, in order) in `zone`, as times without a zone.

    The zone rules of Polars can be years older, so they are not used.
    """
    times = starts.dt.replace_time_zone(None)
    if times.is_empty():
        return times
    offsets = offsets_between(starts[0], starts[-1], zone)
    # As integers: searching times would cast the moment to their type on each call.
    numbers = starts.dt.epoch("us")
    later = [microseconds(since) for since, _ in offsets[1:]]
    begins = [0, *(int(numbers.search_sorted(since)) for since in later)]
    return pl.concat(
        times[begin:end] + offset
        for begin, end, (_, offset) in zip(
            begins, [*begins[1:], len(times)], offsets, strict=True
        )
    )
