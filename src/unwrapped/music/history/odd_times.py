"""Warns of times that cannot be right: of logs that are hours apart, of made-up listens.

Nothing is changed or left out. A frame of listens here has `started_at`, `ms_played`,
`source` (the log), `track` and `artist` (any codes), and may be in any order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

import polars as pl

from unwrapped.music.history.warnings import HistoryWarning, Span, WarningCode
from unwrapped.music.sources.logs import LOGS, RICH_TO_POOR, Log, LogName

OF_TIMES = frozenset({WarningCode.SHIFTED, WarningCode.BACK_FILLED})
"""The kinds of warnings of this module."""

PLAY_MS = 30_000
"""Shorter listens are not examined, in milliseconds."""

STEP, FARTHEST = timedelta(minutes=15), timedelta(hours=14)
"""Time zones differ by multiples of `STEP`, and from UTC by up to `FARTHEST`."""

NEARLY, ROUGHLY = timedelta(seconds=30), timedelta(seconds=90)
"""How far from a multiple of `STEP` two times of one listen may be apart; `ROUGHLY` if a
log cuts seconds off or logs a moment near the end.
"""

COMPARED = 2_000
"""The number of listens of a log, evenly spread, that are searched for in another one."""

MOST_A_SPAN = 50
"""A track that is played more often within `FARTHEST` proves nothing: it fits anywhere.
"""

FEWEST, FEWEST_TRACKS, FEWEST_DAYS = 20, 10, 5
LEAST_SHARE = 0.25
"""The least share of fitting listens, among those whose track the other log has within
`FARTHEST`. By chance it is one in a hundred, or one in ten if a playlist is heard twice
a day.
"""

PROMINENT = 10
"""How many times as many listens as at an average difference must fit: an album in a
loop fits at many differences.
"""

SOONEST = timedelta(seconds=30)
"""The plays of one listener do not begin this close together again and again."""

LONGEST_BEAT = timedelta(minutes=10)
FEWEST_ARTISTS = 10
"""Tracks of one artist may be equally long, such as hours of rain."""

MOST_SPANS = 20
"""The maximum number of spans in a warning."""


def warn_of_times(listens: pl.DataFrame) -> list[HistoryWarning]:
    """The warnings about the times of these listens."""
    plays = listens.lazy().filter(pl.col("ms_played").fill_null(PLAY_MS) >= PLAY_MS)
    names = set(listens["source"].unique())
    logs = {
        name: plays.filter(pl.col("source") == name.value)
        .select("started_at", "ms_played", "track", "artist")
        .sort("started_at", "track", "ms_played")
        .collect()
        for name in RICH_TO_POOR
        if name.value in names
    }
    logs = {name: rows for name, rows in logs.items() if len(rows) >= FEWEST_TRACKS}
    warnings = [
        warning
        for richer, poorer in combinations(logs, 2)
        for warning in _shifts(logs[richer], logs[poorer], richer, poorer)
    ]
    filled = [_back_filled(rows, name) for name, rows in logs.items()]
    return [*warnings, *(warning for warning in filled if warning)]


def _shifts(
    rich_rows: pl.DataFrame, poor_rows: pl.DataFrame, richer: LogName, poorer: LogName
) -> Iterator[HistoryWarning]:
    """A warning for each difference at which many listens of two logs are the same."""
    rich, poor = LOGS[richer], LOGS[poorer]
    ends = "near_end" in (rich.logs, poor.logs)
    is_rough = ends or "minute" in (rich.precision, poor.precision)
    fits = _fits(
        rich_rows.select("track", _moment(rich, ends=ends)),
        poor_rows.select("track", _moment(poor, ends=ends)),
        ROUGHLY if is_rough else NEARLY,
    )
    met = fits["row"].n_unique()
    for row in _prominent(fits, met).iter_rows(named=True):
        minutes = row["steps"] * (STEP // timedelta(minutes=1))
        span = Span(row["first"], row["last"])
        yield _shifted(richer, poorer, minutes, (row["rows"], met), span)


def _prominent(fits: pl.DataFrame, met: int) -> pl.DataFrame:
    """The differences, in `steps`, that are not due to chance, the clearest first."""
    steps = (
        fits.filter(pl.col("steps") != 0)
        .group_by("steps")
        .agg(
            pl.col("row").n_unique().alias("rows"),
            pl.col("track").n_unique().alias("tracks"),
            pl.col("moment").dt.date().n_unique().alias("days"),
            pl.col("moment").min().alias("first"),
            pl.col("moment").max().alias("last"),
        )
    )
    usual = steps["rows"].sum() / (2 * (FARTHEST // STEP))
    return steps.filter(
        pl.col("rows") >= max(FEWEST, LEAST_SHARE * met),
        pl.col("rows") >= PROMINENT * usual,
        pl.col("tracks") >= FEWEST_TRACKS,
        pl.col("days") >= FEWEST_DAYS,
    ).sort("rows", "steps", descending=[True, False])


def _moment(log: Log, *, ends: bool) -> pl.Expr:
    """The moment to compare: the start, or the end if one of the logs has no starts."""
    played = pl.duration(milliseconds=pl.col("ms_played").fill_null(0))
    at_end = ends and log.logs != "near_end"
    return (pl.col("started_at") + played if at_end else pl.col("started_at")).alias(
        "moment"
    )


def _fits(rich: pl.DataFrame, poor: pl.DataFrame, tolerance: timedelta) -> pl.DataFrame:
    """Pairs of listens of `poor` and `rich` to the same track, at most `FARTHEST`
    apart.

    Columns: `row`, `track` and `moment` of the listen of `poor`, and by how many `steps`
    it is later (null if the difference is not a multiple of `STEP`).
    """
    begin, end = rich["moment"].min(), rich["moment"].max()
    near = poor.filter(
        pl.col("moment").is_between(pl.lit(begin) - FARTHEST, pl.lit(end) + FARTHEST)
    )
    span = pl.col("moment").dt.truncate(FARTHEST).alias("span")
    sample = near.gather_every(max(1, -(-len(near) // COMPARED))).with_row_index("row")
    others = (
        rich.filter(pl.col("track").is_in(sample["track"].unique().implode()))
        .with_columns(span)
        .filter(pl.len().over("track", "span") <= MOST_A_SPAN)
    )
    beside = (
        sample.with_columns(
            pl.concat_list(span - FARTHEST, span, span + FARTHEST).alias("span")
        )
        .explode("span")
        .join(others.rename({"moment": "other"}), on=["track", "span"])
    )
    later = pl.col("moment") - pl.col("other")
    steps = (
        later.dt.total_microseconds() / (STEP // timedelta(microseconds=1))
    ).round()
    away = (later - steps.cast(pl.Int64) * pl.lit(STEP)).abs()
    return beside.filter(later.abs() <= FARTHEST + tolerance).select(
        "row",
        "track",
        "moment",
        pl.when(away <= tolerance).then(steps.cast(pl.Int64)).alias("steps"),
    )


def _shifted(
    richer: LogName,
    poorer: LogName,
    minutes: int,
    fitting: tuple[int, int],
    span: Span,
) -> HistoryWarning:
    rich, poor = LOGS[richer].title, LOGS[poorer].title
    offset, side = _in_words(abs(minutes)), "later" if minutes > 0 else "earlier"
    rows, met = fitting
    return HistoryWarning(
        code=WarningCode.SHIFTED,
        text=f"{poor} looks shifted: of {met:,} listens that were compared, {rows:,} are"
        f" listens of {rich}, only {offset} {side}.",
        advice="Such listens count twice. Their times were probably read in a wrong time"
        f" zone: remove the listens of {poor}, and import its file in the right one.",
        logs=[poorer.value, richer.value],
        offset_minutes=minutes,
        listens=rows,
        spans=[span],
    )


def _in_words(minutes: int) -> str:
    """Minutes in words: `1 hour`, `5 hours 45 minutes`, `15 minutes`."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} hour{'s' if hours > 1 else ''}"] if hours else []
    return " ".join([*parts, f"{rest} minutes"] if rest else parts)


@dataclass(frozen=True, slots=True)
class _Odd:
    """A run of listens at times at which nobody can have heard them."""

    listens: int
    first: datetime
    last: datetime


def _back_filled(plays: pl.DataFrame, name: LogName) -> HistoryWarning | None:
    """The warning about a log with many listens at one moment, or in a steady beat."""
    log = LOGS[name]
    if not (log.scrobbled or log.least_ms >= PLAY_MS):
        # A listen without a duration may have been skipped.
        plays = plays.drop_nulls("ms_played")
    gap = pl.col("started_at").diff()
    is_other = pl.col("track") != pl.col("track").shift()
    odd = _runs(plays, is_other & (gap < SOONEST))
    if log.precision == "second":
        # Where durations are known, tracks of equal length have a steady beat, too.
        beat = (gap == gap.shift()) & gap.is_between(SOONEST, LONGEST_BEAT)
        unknown = pl.col("ms_played").is_null()
        odd += _runs(plays, is_other & beat & unknown, FEWEST_ARTISTS)
    if not odd:
        return None
    count = sum(run.listens for run in odd)
    first, last = min(run.first for run in odd), max(run.last for run in odd)
    return HistoryWarning(
        code=WarningCode.BACK_FILLED,
        text=f"{log.title} looks back-filled: {count:,} listens{_between(first, last)}"
        " are seconds apart or in one steady beat, which is not how people listen.",
        advice="Their times were set by a tool or by an upload. Where days and hours"
        " matter, remove the listens of those days, or judge a period without them.",
        logs=[name.value],
        listens=count,
        spans=_longest(odd),
    )


def _longest(odd: list[_Odd]) -> list[Span]:
    """The spans of the longest runs, in order of time."""
    runs = sorted(odd, key=lambda run: (-run.listens, run.first))[:MOST_SPANS]
    return sorted(
        (Span(run.first, run.last) for run in runs), key=lambda span: span.first
    )


def _runs(plays: pl.DataFrame, goes_on: pl.Expr, artists: int = 1) -> list[_Odd]:
    """The long runs of different tracks in which each row continues the run."""
    runs = (
        plays.lazy()
        .with_columns(goes_on.fill_null(value=False).alias("goes_on"))
        .with_columns((~pl.col("goes_on")).cum_sum().alias("run"))
        .filter("goes_on")
        .group_by("run")
        .agg(
            pl.len(),
            pl.col("started_at").min().alias("first"),
            pl.col("started_at").max().alias("last"),
            pl.col("track").n_unique().alias("tracks"),
            pl.col("artist").n_unique().alias("artists"),
        )
        .filter(pl.col("tracks") >= FEWEST, pl.col("artists") >= artists)
        .collect()
    )
    return [_Odd(*row) for row in runs.select("len", "first", "last").iter_rows()]


def _between(first: datetime, last: datetime) -> str:
    begin, end = (f"{day.day} {day:%B %Y}" for day in (first, last))
    return f" of {begin}" if begin == end else f" from {begin} to {end}"
