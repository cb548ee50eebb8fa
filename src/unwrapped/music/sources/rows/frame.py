"""Frames of rows, the output of every format."""

from collections.abc import Sequence

import polars as pl

from unwrapped.music.sources.logs import LOGS, RICH_TO_POOR, LogName
from unwrapped.music.sources.reasons import OTHER_FORM, AsideReason
from unwrapped.music.sources.rows.clean import MS_LIMIT, duration, flag
from unwrapped.music.sources.rows.text_pieces import JsonValue
from unwrapped.music.sources.spellings import safe_text, shorten

LATEST_YEAR = 2099
"""A later year comes from a wrong clock."""

LONGEST_REASON = 100
"""The most characters of a reason for an ending, which is a word."""

LOG_DTYPE = pl.Enum([name.value for name in RICH_TO_POOR])
ASIDE_DTYPE = pl.Enum([*(reason.value for reason in AsideReason), OTHER_FORM])

TIME_DTYPE = pl.Datetime("us", "UTC")

ROW_SCHEMA = pl.Schema(
    {
        "log": LOG_DTYPE,
        "logged_at": TIME_DTYPE,  # null: no readable time
        "ms_played": pl.Int64(),  # null: not logged; `clean.BAD_DURATION`: invalid
        "length_ms": pl.Int32(),  # of the track, if logged; never the time heard
        "spelling": pl.UInt32(),  # code in `Spellings`
        "aside": ASIDE_DTYPE,  # why the row is set aside; null: it is not
        "reason_end": pl.Categorical(),
        "skipped": pl.Boolean(),
        "shuffle": pl.Boolean(),
    }
)
"""The schema of the frames that a format returns: its rows, in the order of the file."""

_EARLIEST = pl.Series([LOGS[name].earliest_year for name in RICH_TO_POOR])
_BY_CLIENTS = pl.Series([LOGS[name].scrobbled for name in RICH_TO_POOR])
_WRONG_CLOCK = pl.Series([AsideReason.WRONG_CLOCK.value], dtype=ASIDE_DTYPE)
_LEAST_MS = 100_000_000_000
"""Unix times from this one on are in milliseconds: in seconds, it is the year 5138."""

# Encoding a name for each batch takes longer than repeating a code.
_ONE_OF = {name: pl.Series([name.value], dtype=LOG_DTYPE) for name in LogName}


def rows_frame(
    *,
    log: LogName | pl.Series,
    times: Sequence[str | None] | pl.Series,
    time_formats: Sequence[str] = (),
    durations: Sequence[JsonValue],
    spellings: Sequence[int],
    asides: Sequence[str | None] | pl.Series,
    reasons_end: Sequence[str | None] | None = None,
    skipped: Sequence[JsonValue] | None = None,
    shuffle: Sequence[JsonValue] | None = None,
    lengths: Sequence[JsonValue] | None = None,
) -> pl.DataFrame:
    """A frame of `ROW_SCHEMA`; members that the format lacks are null.

    `log` is the log of all rows, or a series (`LOG_DTYPE`) with the log of each. `times`
    are texts in one of `time_formats`, or a series of times in UTC.
    """
    nulls = [None] * len(times)
    if not isinstance(times, pl.Series):
        times = parse_times(pl.Series(times, dtype=pl.String), time_formats)
    logs = log if isinstance(log, pl.Series) else _one_of(log, len(times))
    logged_at, wrong_clock = _with_sane_years(times, logs)
    reasons = reasons_end or nulls
    safe_reasons = {
        reason: shorten(safe_text(reason), LONGEST_REASON) for reason in set(reasons)
    }
    return pl.DataFrame(
        {
            "log": logs,
            "logged_at": logged_at,
            "ms_played": pl.Series(_durations(durations), dtype=pl.Int64),
            "length_ms": pl.Series(
                [_length(value) for value in lengths] if lengths else nulls,
                dtype=pl.Int32,
            ),
            "spelling": pl.Series(spellings, dtype=pl.UInt32),
            "aside": _WRONG_CLOCK.zip_with(
                wrong_clock, pl.Series(asides, dtype=ASIDE_DTYPE)
            ),
            "reason_end": pl.Series(
                [safe_reasons[reason] for reason in reasons], dtype=pl.Categorical
            ),
            "skipped": pl.Series(_flags(skipped or nulls), dtype=pl.Boolean),
            "shuffle": pl.Series(_flags(shuffle or nulls), dtype=pl.Boolean),
        },
        schema=ROW_SCHEMA,
    )


def _durations(values: Sequence[JsonValue]) -> list[int | None]:
    # Nearly all values are valid, and a call for each of a million would be slow.
    return [
        ms if type(ms) is int and 0 <= ms < MS_LIMIT else duration(ms) for ms in values
    ]


def _length(value: JsonValue) -> int | None:
    """The length of a track; None if it is invalid or unknown."""
    return value if type(value) is int and 0 < value < MS_LIMIT else None


def _flags(values: Sequence[JsonValue]) -> list[bool | None]:
    return [v if v is None or type(v) is bool else flag(v) for v in values]


def parse_times(texts: pl.Series, formats: Sequence[str]) -> pl.Series:
    """Times in UTC, each read by the first format that matches; null if none does."""
    times = pl.Series([None] * len(texts), dtype=TIME_DTYPE)
    for form in formats:
        if texts.count() == times.count():
            break
        parsed = texts.str.to_datetime(
            form, time_unit="us", time_zone="UTC", strict=False, ambiguous="null"
        )
        times = times.fill_null(parsed) if times.count() else parsed
    return times


def unix_times(numbers: pl.Series) -> pl.Series:
    """Unix times in seconds, from seconds or milliseconds; null if invalid."""
    number = pl.col(numbers.name)
    is_seconds = number.abs() < _LEAST_MS
    seconds = pl.when(is_seconds).then(number).otherwise(number / 1000).floor()
    sound = seconds.is_between(-_LEAST_MS, _LEAST_MS, closed="none")
    microseconds = pl.when(sound).then(seconds).cast(pl.Int64) * 1_000_000
    return numbers.to_frame().select(microseconds.cast(TIME_DTYPE)).to_series()


def _one_of(log: LogName, count: int) -> pl.Series:
    return _ONE_OF[log].new_from_index(0, count)


def _with_sane_years(times: pl.Series, logs: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Times, null in impossible years, and which rows come from a wrong clock."""
    time, log = pl.col("time"), pl.col("log").to_physical()
    sane = time.dt.year().is_between(pl.lit(_EARLIEST).gather(log), LATEST_YEAR)
    found = pl.DataFrame({"time": times, "log": logs}).select(
        pl.when(sane).then(time).alias("time"),
        (pl.lit(_BY_CLIENTS).gather(log) & time.is_not_null() & ~sane)
        .fill_null(value=False)
        .alias("wrong_clock"),
    )
    return found["time"], found["wrong_clock"]
