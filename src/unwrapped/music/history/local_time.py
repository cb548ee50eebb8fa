"""Local times in a zone."""

from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.shared.zones import offsets_between


def local_times(starts: pl.Series, zone: ZoneInfo) -> pl.Series:
    """`starts` (UTC, in order) in `zone`, as times without a zone.

    The zone rules of Polars can be years older, so they are not used.
    """
    times = starts.dt.replace_time_zone(None)
    if times.is_empty():
        return times
    offsets = offsets_between(starts[0], starts[-1], zone)
    begins = [0, *(int(starts.search_sorted(since)) for since, _ in offsets[1:])]
    return pl.concat(
        times[begin:end] + offset
        for begin, end, (_, offset) in zip(
            begins, [*begins[1:], len(times)], offsets, strict=True
        )
    )
