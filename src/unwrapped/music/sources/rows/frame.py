"""Frames of rows: what every format makes of its rows."""

from collections.abc import Sequence

import polars as pl

from unwrapped.music.sources.logs import LOGS, RICH_TO_POOR, LogName
from unwrapped.music.sources.reasons import OTHER_FORM, AsideReason
from unwrapped.music.sources.rows.clean import MS_LIMIT, duration, flag
from unwrapped.music.sources.rows.json_array import JsonValue
from unwrapped.music.sources.spellings import safe_text, shorten

LATEST_YEAR = 2099
"""A clock that says a later year is wrong."""

LONGEST_REASON = 100
"""Characters of a reason why a play ended, which is a word."""

LOG_DTYPE = pl.Enum([name.value for name in RICH_TO_POOR])
ASIDE_DTYPE = pl.Enum([*(reason.value for reason in AsideReason), OTHER_FORM])

ROW_SCHEMA = pl.Schema(
    {
        "log": LOG_DTYPE,
        "logged_at": pl.Datetime("us", "UTC"),  # null: no readable time
        "ms_played": pl.Int64(),  # null: not logged; `clean.BAD_DURATION`: nonsense
        "length_ms": pl.Int32(),  # of the track, where logged; never what was heard
        "spelling": pl.UInt32(),  # code in `Spellings`
        "aside": ASIDE_DTYPE,  # null: a listen to a track, as far as the row itself says
        "reason_end": pl.Categorical(),
        "skipped": pl.Boolean(),
        "shuffle": pl.Boolean(),
    }
)
"""What a format makes of its rows, one for one and in their order."""

# Making codes of a name for each batch takes longer than repeating a code.
_ONE_OF = {name: pl.Series([name.value], dtype=LOG_DTYPE) for name in LogName}


def rows_frame(
    *,
    log: LogName,
    times: Sequence[str | None],
    time_formats: Sequence[str],
    durations: Sequence[JsonValue],
    spellings: Sequence[int],
    asides: Sequence[str | None],
    reasons_end: Sequence[str | None] | None = None,
    skipped: Sequence[JsonValue] | None = None,
    shuffle: Sequence[JsonValue] | None = None,
    lengths: Sequence[JsonValue] | None = None,
) -> pl.DataFrame:
    """One frame of `ROW_SCHEMA`; members that the format lacks are null."""
    nulls = [None] * len(times)
    reasons = reasons_end or nulls
    safe_reasons = {
        reason: shorten(safe_text(reason), LONGEST_REASON) for reason in set(reasons)
    }
    return pl.DataFrame(
        {
            "log": _ONE_OF[log].new_from_index(0, len(times)),
            "logged_at": parse_times(
                pl.Series(times, dtype=pl.String),
                time_formats,
                LOGS[log].earliest_year,
            ),
            "ms_played": pl.Series(_durations(durations), dtype=pl.Int64),
            "length_ms": pl.Series(
                [_length(value) for value in lengths] if lengths else nulls,
                dtype=pl.Int32,
            ),
            "spelling": pl.Series(spellings, dtype=pl.UInt32),
            "aside": pl.Series(asides, dtype=ASIDE_DTYPE),
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


def _length(value: JsonValue) -> int | None:
    """The length of a track; None for what is none, as for an unknown one."""
    return value if type(value) is int and 0 < value < MS_LIMIT else None


def _flags(values: Sequence[JsonValue]) -> list[bool | None]:
    return [v if v is None or type(v) is bool else flag(v) for v in values]


def parse_times(
    texts: pl.Series, formats: Sequence[str], earliest_year: int
) -> pl.Series:
    """UTC times, by the first format that fits; null for none or an absurd year."""
    times = pl.Series([None] * len(texts), dtype=pl.Datetime("us", "UTC"))
    for form in formats:
        if texts.count() == times.count():
            break
        parsed = texts.str.to_datetime(
            form, time_unit="us", time_zone="UTC", strict=False, ambiguous="null"
        )
        times = times.fill_null(parsed) if times.count() else parsed
    sane = times.dt.year().is_between(earliest_year, LATEST_YEAR)
    return times.zip_with(sane.fill_null(value=False), times.clear(len(times)))
