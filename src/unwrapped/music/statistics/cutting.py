"""A history cut to a period: rows, tallies and days, in the listener's zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.music.history.period import Period
from unwrapped.music.profile.basis.frames import PLAY_MS
from unwrapped.music.profile.basis.local_time import local_times
from unwrapped.music.profile.basis.sequence import wall_clock_ms
from unwrapped.music.read_model.columns import Columns
from unwrapped.shared.zones import offsets_between

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.date().toordinal()
MICROSECOND = timedelta(microseconds=1)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
IS_PLAY = pl.col("ms_played").fill_null(PLAY_MS) >= PLAY_MS
"""At least 30 seconds, or of unknown duration."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the clocks of a zone are as far from UTC as before, in microseconds
    since 1970 in UTC; the end is outside."""

    begin: int
    end: int
    offset: int


def microseconds(moment: datetime) -> int:
    """Since 1970."""
    return (moment - EPOCH) // MICROSECOND


def stretches(first: datetime, last: datetime, zone: ZoneInfo) -> list[Stretch]:
    """The stretches of `zone` from `first` to `last` (both in UTC), in order."""
    offsets = offsets_between(first, last, zone)
    begins = [microseconds(since) for since, _ in offsets]
    ends = [*begins[1:], microseconds(last) + 1]
    return [
        Stretch(begin, end, offset // MICROSECOND)
        for begin, end, (_, offset) in zip(begins, ends, offsets, strict=True)
    ]


class Cut:
    """The listens of a period, with what several questions ask of them, each made once."""

    def __init__(self, columns: Columns, period: Period, zone: ZoneInfo) -> None:
        self.columns = columns
        self.period = period
        self.zone = zone
        self.listens = _rows(columns.listens, period, zone)

    @cached_property
    def items(self) -> pl.DataFrame:
        """For each item with a listen: `track`, `artist`, `album`, `plays`, `unknown`
        (plays without a known time), `ms` (of all listens), `first` and `last` (the starts
        of its first and last play)."""
        # Two passes: minima and maxima over all rows would take longer than both.
        plays = (
            self.listens.filter(IS_PLAY)
            .group_by("item")
            .agg(
                pl.len().cast(pl.Int64).alias("plays"),
                pl.col("started_at").first().alias("first"),
                pl.col("started_at").last().alias("last"),
            )
        )
        listens = self.listens.group_by("item").agg(
            (pl.len() - pl.col("ms_played").count()).cast(pl.Int64).alias("unknown"),
            pl.col("ms_played").cast(pl.Int64).sum().alias("ms"),
        )
        counted = listens.join(plays, on="item", how="left")
        item, of = counted["item"], self.columns
        return counted.with_columns(
            pl.col("plays").fill_null(0),
            of.items["track"].gather(item),
            of.items["album"].gather(item),
            of.item_artists.gather(item),
        )

    @property
    def timed(self) -> pl.DataFrame:
        """The listens with `hour` (since 1970, as the clocks of the zone show it) and
        `ms`: what each adds to the union of all intervals. Made with each call: it is as
        large as the history."""
        return timed(self.listens, self.zone).with_columns(wall_clock_ms().alias("ms"))

    @cached_property
    def hours(self) -> pl.DataFrame:
        """`hour`, `listens`, `plays`, `unknown` and `ms` of the hours with a listen; one
        can come twice, where clocks are set back."""
        return count_runs(self.timed, "hour")

    @cached_property
    def days(self) -> pl.DataFrame:
        """`day` and the amounts of `hours` for each day with a listen, in order."""
        return days_of(self.hours)

    @cached_property
    def whole(self) -> Period:
        """The days of the whole history, from its first listen to its last; open without."""
        return whole_days(self.columns.listens["started_at"], self.zone)

    @property
    def covered(self) -> Period:
        """The days of the period, as far as the history reaches; open without a listen."""
        whole, period = self.whole, self.period
        if whole.first is None or whole.last is None:
            return whole
        return Period(
            max(whole.first, period.first or whole.first),
            min(whole.last, period.last or whole.last),
        )

    @property
    def size(self) -> int:
        """Bytes that it keeps beside the columns, about."""
        kept = (vars(self).get(name) for name in ("items", "hours", "days"))
        return sum(frame.estimated_size() for frame in kept if frame is not None)


AMOUNTS = ("listens", "plays", "unknown", "ms")


def timed(listens: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """Listens with `ended_at`, and `hour` (since 1970) as the clocks of the zone show it."""
    local = local_times(listens["started_at"], zone)
    played = pl.duration(milliseconds=pl.col("ms_played").fill_null(0))
    hour = pl.lit(local).dt.epoch("us") // HOUR_US
    return listens.with_columns(
        (pl.col("started_at") + played).alias("ended_at"),
        hour.cast(pl.Int32).alias("hour"),
    )


def count_runs(listens: pl.DataFrame, by: str) -> pl.DataFrame:
    """`AMOUNTS` of each run of listens that are alike in `by`; `ms` is added up.

    Most listens have the hour of the one before: to add up runs takes a quarter of the
    time of a group-by.
    """
    runs = listens[by].rle()
    ends = runs.struct.field("len").cum_sum() - 1
    totals = listens.select(
        IS_PLAY.cast(pl.Int64).cum_sum().alias("plays"),
        pl.col("ms_played").is_null().cast(pl.Int64).cum_sum().alias("unknown"),
        pl.col("ms").cum_sum(),
    ).select(pl.all().gather(ends))
    return totals.select(
        runs.struct.field("value").alias(by),
        runs.struct.field("len").cast(pl.Int64).alias("listens"),
        *(pl.col(name) - pl.col(name).shift(fill_value=0) for name in totals.columns),
    )


def add_amounts(amounts: pl.DataFrame, by: pl.Expr) -> pl.DataFrame:
    """Amounts added up for each value of `by`."""
    return amounts.group_by(by).agg(pl.col(AMOUNTS).sum())


def days_of(hours: pl.DataFrame) -> pl.DataFrame:
    """`day` and the amounts of each day that has one of these hours, in order."""
    day = (pl.col("hour") // 24).cast(pl.Date).alias("day")
    return add_amounts(hours, day).sort("day")


def whole_days(starts: pl.Series, zone: ZoneInfo) -> Period:
    """From the first to the last day of these starts (UTC, in order); open without any."""
    if starts.is_empty():
        return Period()
    # Clocks can be set back over midnight: the first listen need not have the first day.
    around = timedelta(hours=26)
    head = starts.head(int(starts.search_sorted(starts[0] + around, side="right")))
    tail = starts.slice(int(starts.search_sorted(starts[-1] - around)))
    first = local_times(head, zone).dt.date().min()
    last = local_times(tail, zone).dt.date().max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise TypeError("a start without a day")
    return Period(first, last)


def _rows(listens: pl.DataFrame, period: Period, zone: ZoneInfo) -> pl.DataFrame:
    """The listens whose day in `zone` lies in the period: slices, nothing is copied."""
    starts = listens["started_at"]
    if starts.is_empty() or (period.first is None and period.last is None):
        return listens
    first, last = period.first or date.min, period.last or date.max
    begin = (first.toordinal() - EPOCH_DAY) * DAY_US
    end = (last.toordinal() + 1 - EPOCH_DAY) * DAY_US
    spans: list[tuple[int, int]] = []
    for stretch in stretches(starts[0], starts[-1], zone):
        since = max(begin - stretch.offset, stretch.begin)
        until = min(end - stretch.offset, stretch.end)
        if since < until:
            spans.append((since, until))
    numbers = starts.dt.epoch("us")
    rows = [
        (int(numbers.search_sorted(since)), int(numbers.search_sorted(until)))
        for since, until in _joined(spans)
    ]
    return pl.concat(
        [listens.slice(at, until - at) for at, until in rows] or [listens.clear()]
    )


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for since, until in spans:
        if joined and joined[-1][1] == since:
            joined[-1] = (joined[-1][0], until)
        else:
            joined.append((since, until))
    return joined
