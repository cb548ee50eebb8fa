"""Times as the clocks of a zone show them."""

from zoneinfo import ZoneInfo

import polars as pl


def local_times(starts: pl.Series, zone: ZoneInfo) -> pl.Series:
    """`starts` (UTC, in order) in `zone`, as times without a zone.

    No zone ever changed its clocks twice within a day (the closest changes in the IANA
    database are more than three days apart). So where a day's first and last start have
    the same offset from UTC, those between have it, too. Only on the other days is each
    start looked up, which is slow.
    """
    times = starts.alias("at").to_frame()
    utc_day = pl.col("at").dt.date().alias("utc_day")
    days = (
        times.group_by(utc_day)
        .agg(pl.col("at").first(), pl.col("at").last().alias("last"))
        .with_columns(_offset("at", zone), _offset("last", zone).alias("last_offset"))
    )
    changed = days.filter(pl.col("offset") != pl.col("last_offset"))
    on_changed = times.filter(utc_day.is_in(changed["utc_day"].implode()))
    offsets = pl.concat(
        [days.select("at", "offset"), on_changed.with_columns(_offset("at", zone))]
    )
    local = pl.col("at").dt.replace_time_zone(None) + pl.col("offset")
    return times.join_asof(offsets.sort("at"), on="at").select(local).to_series()


def _offset(time: str, zone: ZoneInfo) -> pl.Expr:
    local = pl.col(time).dt.convert_time_zone(zone.key).dt.replace_time_zone(None)
    return (local - pl.col(time).dt.replace_time_zone(None)).alias("offset")
