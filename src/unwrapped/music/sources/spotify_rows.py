"""What Spotify's formats have in common: cleaning of members, frames of rows."""

from collections.abc import Sequence

import polars as pl

from unwrapped.music.sources.json_rows import JsonValue
from unwrapped.music.sources.source import BAD_DURATION, ROW_SCHEMA, Aside
from unwrapped.music.sources.spellings import safe_text, shorten

MS_LIMIT = 2**31
"""24 days: no listen lasts longer, and a 32-bit column holds no more."""

LONGEST_REASON = 100
"""Characters of a reason why a play ended, which is a word."""

EARLIEST_YEAR, LATEST_YEAR = 2006, 2099
"""Spotify was founded in 2006; a clock that says otherwise is wrong."""


def text(value: object) -> str | None:
    """A name: numbers are taken as spelled (an album can be called 1989)."""
    if isinstance(value, bool):
        return None
    return safe_text(str(value)) if isinstance(value, str | int) else None


def flag(value: JsonValue) -> bool | None:
    """A truth value; 0 and 1 stand for one in copies, everything else is unknown."""
    return bool(value) if value in (0, 1) else None


def duration(value: JsonValue) -> int | None:
    """Milliseconds; None when not given, `BAD_DURATION` when it is no duration."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return BAD_DURATION
    whole = isinstance(value, int) or value.is_integer()
    return int(value) if whole and 0 <= value < MS_LIMIT else BAD_DURATION


def rows_frame(
    *,
    times: Sequence[str | None],
    time_formats: Sequence[str],
    durations: Sequence[JsonValue],
    spellings: Sequence[int],
    asides: Sequence[str | None],
    reasons_end: Sequence[str | None] | None = None,
    skipped: Sequence[JsonValue] | None = None,
    shuffle: Sequence[JsonValue] | None = None,
) -> pl.DataFrame:
    """One frame of `ROW_SCHEMA`; members that the format lacks are null."""
    nulls = [None] * len(times)
    reasons = reasons_end or nulls
    safe_reasons = {
        reason: shorten(safe_text(reason), LONGEST_REASON) for reason in set(reasons)
    }
    return pl.DataFrame(
        {
            "logged_at": parse_times(pl.Series(times, dtype=pl.String), time_formats),
            "ms_played": pl.Series(_durations(durations), dtype=pl.Int64),
            "spelling": pl.Series(spellings, dtype=pl.UInt32),
            "aside": pl.Series(asides, dtype=Aside),
            "reason_end": pl.Series(
                [safe_reasons[reason] for reason in reasons], dtype=pl.Categorical
            ),
            "skipped": pl.Series(_flags(skipped or nulls), dtype=pl.Boolean),
            "shuffle": pl.Series(_flags(shuffle or nulls), dtype=pl.Boolean),
        },
        schema=ROW_SCHEMA,
    )


def _durations(values: Sequence[JsonValue]) -> list[int | None]:
    # Nearly all values are sound: a call for each of a million would cost.
    return [
        ms if type(ms) is int and 0 <= ms < MS_LIMIT else duration(ms) for ms in values
    ]


def _flags(values: Sequence[JsonValue]) -> list[bool | None]:
    return [v if v is None or type(v) is bool else flag(v) for v in values]


def parse_times(texts: pl.Series, formats: Sequence[str]) -> pl.Series:
    """UTC times, by the first format that fits; null for none or an absurd year."""
    times = pl.Series([None] * len(texts), dtype=pl.Datetime("us", "UTC"))
    for form in formats:
        if texts.count() == times.count():
            break
        parsed = texts.str.to_datetime(
            form, time_unit="us", time_zone="UTC", strict=False, ambiguous="null"
        )
        times = times.fill_null(parsed) if times.count() else parsed
    sane = times.dt.year().is_between(EARLIEST_YEAR, LATEST_YEAR)
    return times.zip_with(sane.fill_null(value=False), times.clear(len(times)))
