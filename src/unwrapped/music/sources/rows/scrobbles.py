"""Frames of exported scrobbles: names, and a time in one of many forms."""

from collections.abc import Iterable, Sequence

import polars as pl

from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.rows.frame import (
    ASIDE_DTYPE,
    LOG_DTYPE,
    parse_times,
    rows_frame,
    unix_times,
)
from unwrapped.music.sources.spellings import Spelling, Spellings

ZONED_FORMATS = (
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S UTC",
)
SECOND_FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%d %b %Y, %H:%M:%S",
    "%d %b %Y %H:%M:%S",
    *ZONED_FORMATS,
)
MINUTE_FORMATS = ("%d %b %Y, %H:%M", "%d %b %Y %H:%M", "%Y-%m-%d %H:%M")


def scrobbles_frame(
    times: Sequence[str],
    spelled: Iterable[Spelling],
    spellings: Spellings,
    *,
    second: LogName,
    minute: LogName,
    asides: Sequence[AsideReason | None],
) -> pl.DataFrame:
    """Rows with Unix times (also in milliseconds), or times written in UTC.

    Rows with times in minutes belong to the log `minute`, all others to `second`. A row
    without a time is the track that was playing at the time of the export.
    """
    texts = pl.Series(times, dtype=pl.String).str.strip_chars()
    logged_at, is_minute = read_times(texts)
    now_playing = pl.Series([AsideReason.NOW_PLAYING.value], dtype=ASIDE_DTYPE)
    others = pl.Series(asides, dtype=ASIDE_DTYPE)
    return rows_frame(
        log=_one(minute).zip_with(is_minute, _one(second)),
        times=logged_at,
        durations=[None] * len(texts),
        spellings=spellings.codes(spelled),
        asides=now_playing.zip_with((texts == "") & others.is_null(), others),
    )


def read_times(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Times in UTC, null if unreadable, and which rows have times in minutes.

    A row without a time counts as the rest of its file, since one tool wrote all of it.
    """
    times = unix_times(texts.cast(pl.Float64, strict=False))
    if times.count() < len(times):
        times = times.fill_null(parse_times(texts, SECOND_FORMATS))
    if times.count() == len(times):
        return times, times.is_null()
    minutes = parse_times(texts, MINUTE_FORMATS)
    is_minute = times.is_null() & minutes.is_not_null()
    if times.count() == 0 and is_minute.any():
        is_minute = times.is_null()
    return times.fill_null(minutes), is_minute


def _one(log: LogName) -> pl.Series:
    return pl.Series([log.value], dtype=LOG_DTYPE)
