"""A history cut to a period: its listens, tallies and days, in the listener's zone."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.music.history.credits import for_each_artist
from unwrapped.music.history.local_time import (
    EPOCH,
    MICROSECOND,
    local_times,
    microseconds,
)
from unwrapped.music.history.period import Period
from unwrapped.music.history.terms import PLAY_MS
from unwrapped.music.profile.basis.sessions_and_runs import wall_clock_ms
from unwrapped.music.read_model.columns import Columns
from unwrapped.music.statistics.by_number import flags
from unwrapped.shared.zones import offsets_between

EPOCH_DAY = EPOCH.date().toordinal()
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
IS_PLAY = pl.col("ms_played").fill_null(PLAY_MS) >= PLAY_MS
"""Whether a listen is a play: it lasted at least 30 seconds, or its duration is unknown."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of constant UTC offset in a zone.

    All values are in microseconds; `begin` and `end` (excluded) count from 1970 in UTC.
    """

    begin: int
    end: int
    offset: int


def stretches(first: datetime, last: datetime, zone: ZoneInfo) -> list[Stretch]:
    """The spans of constant offset in `zone` from `first` to `last` (UTC), in order."""
    offsets = offsets_between(first, last, zone)
    begins = [microseconds(since) for since, _ in offsets]
    ends = [*begins[1:], microseconds(last) + 1]
    return [
        Stretch(begin, end, offset // MICROSECOND)
        for begin, end, (_, offset) in zip(begins, ends, offsets, strict=True)
    ]


class Cut:
    """The listens of a period, with results that several questions need."""

    def __init__(self, columns: Columns, period: Period, zone: ZoneInfo) -> None:
        self.columns = columns
        self.period = period
        self.zone = zone
        self._tallies: dict[str, pl.DataFrame] = {}
        self.narrowed: tuple[Hashable, pl.DataFrame] | None = None
        """The listens to one artist, album or track, on which a page asks several
        questions, and its key.
        """

        starts = columns.listens["started_at"]
        self.spans = _spans(starts, period, zone)
        """The spans of the period, in microseconds since 1970 in UTC, without the ends."""
        numbers = starts.dt.epoch("us")
        rows = [
            (int(numbers.search_sorted(since)), int(numbers.search_sorted(until)))
            for since, until in self.spans
        ]
        slices = [columns.listens.slice(at, end - at) for at, end in rows]
        self.listens = pl.concat(slices) if slices else columns.listens.clear()

    @cached_property
    def items(self) -> pl.DataFrame:
        """For each `item` with a listen: `track`, `artist`, `album`, `plays`, `unknown`
        (plays without a known time) and `ms` (of all listens)."""
        amounts = self.listens.lazy().select(
            "item",
            IS_PLAY.cast(pl.Int64).alias("plays"),
            pl.col("ms_played").is_null().cast(pl.Int64).alias("unknown"),
            pl.col("ms_played").cast(pl.Int64).alias("ms"),
        )
        counted = amounts.group_by("item").agg(pl.all().sum()).collect()
        item, of = counted["item"], self.columns
        return counted.with_columns(
            of.items["track"].gather(item),
            of.items["album"].gather(item),
            of.item_artists.gather(item),
        )

    @cached_property
    def played(self) -> pl.Series:
        """For each item of the history, whether it has a play in the period."""
        return flags(len(self.columns.items), plays_of(self.listens)["item"])

    def count(self, kind: str) -> int:
        """The number of artists, albums or tracks with a play, as `tally` has rows."""
        of = self.columns
        named = of.item_artists if kind == "artist" else of.items[kind]
        codes = named.filter(self.played).to_frame()
        if kind == "artist":
            codes = for_each_artist(codes, of.credits)
        return int(flags(len(of.named(kind)), codes[kind].drop_nulls()).sum())

    def tally(self, kind: str) -> pl.DataFrame:
        """The result of `tally_items` for all items."""
        if kind not in self._tallies:
            items = self.items
            if kind == "artist":
                items = for_each_artist(items, self.columns.credits)
            self._tallies[kind] = tally_items(items, kind)
        return self._tallies[kind]

    @property
    def timed(self) -> pl.DataFrame:
        """The listens with `hour` (since 1970, in local time) and `ms`, the time that each
        adds to the union of all intervals.

        It is computed on each access and not kept, since it is as large as the history.
        """
        return timed(self.listens, self.zone).with_columns(wall_clock(self.listens))

    @cached_property
    def hours(self) -> pl.DataFrame:
        """`hour`, `listens`, `plays`, `unknown` and `ms` of each hour with a listen. An
        hour may occur twice when clocks are set back.
        """
        return count_runs(self.timed, "hour")

    @cached_property
    def days(self) -> pl.DataFrame:
        """`day` and the amounts of `hours` for each day with a listen, in order."""
        return days_of(self.hours)

    @cached_property
    def whole(self) -> Period:
        """The days from the first to the last listen of the whole history; open if it has
        no listen.
        """
        return whole_days(self.columns.listens["started_at"], self.zone)

    @property
    def covered(self) -> Period:
        """The days of the period within `whole`; open if the history has no listen."""
        whole, period = self.whole, self.period
        if whole.first is None or whole.last is None:
            return whole
        return Period(
            max(whole.first, period.first or whole.first),
            min(whole.last, period.last or whole.last),
        )

    @property
    def size(self) -> int:
        """Approximate bytes in addition to the columns."""
        kept = [frame for frame in vars(self).values() if frame is not self.listens]
        frames = [*kept, *self._tallies.values(), *(self.narrowed or ())]
        return sum(
            int(frame.estimated_size())
            for frame in frames
            if isinstance(frame, pl.DataFrame | pl.Series)
        )


def tally_items(items: pl.DataFrame, kind: str) -> pl.DataFrame:
    """`code`, `plays`, `unknown` and `ms` of each artist, album or track with a play.

    `ms` is 0 if no play has a known time, so that it is ranked last by time.
    """
    return (
        items.lazy()
        .group_by(pl.col(kind).alias("code"))
        .agg(pl.col("plays", "unknown", "ms").sum())
        .filter(pl.col("code").is_not_null() & (pl.col("plays") > 0))
        .with_columns(
            pl.when(pl.col("unknown") < pl.col("plays")).then("ms").otherwise(0)
        )
        .collect()
    )


def plays_of(listens: pl.DataFrame) -> pl.DataFrame:
    """`item` and `started_at` of the plays among listens."""
    plays = listens.lazy().filter(IS_PLAY)
    return plays.select("item", "started_at").collect()


AMOUNTS = ("listens", "plays", "unknown", "ms")


def timed(listens: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """The listens with the local `hour` in which each begins, counted from 1970."""
    local = local_times(listens["started_at"], zone)
    hour = pl.lit(local).dt.epoch("us") // HOUR_US
    return listens.with_columns(hour.cast(pl.Int32).alias("hour"))


def wall_clock(listens: pl.DataFrame) -> pl.Series:
    """The time that each listen adds to the union of all intervals (`ms`)."""
    ended = listens.select("started_at", _ended().alias("ended_at"))
    return ended.select(wall_clock_ms().alias("ms"))["ms"]


def _ended() -> pl.Expr:
    played = pl.duration(milliseconds=pl.col("ms_played").fill_null(0))
    return pl.col("started_at") + played


def count_runs(listens: pl.DataFrame, by: str) -> pl.DataFrame:
    """`AMOUNTS` of each run of listens with the same `by`; `ms` is summed up.

    Most listens have the same hour as the previous one, so summing up runs takes a quarter
    of the time of a group-by.
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
    """The amounts, summed up for each value of `by`."""
    return amounts.group_by(by).agg(pl.col(AMOUNTS).sum())


def days_of(hours: pl.DataFrame) -> pl.DataFrame:
    """`day` and the amounts of each day with one of the hours, in order."""
    day = (pl.col("hour") // 24).cast(pl.Date).alias("day")
    return add_amounts(hours, day).sort("day")


def whole_days(starts: pl.Series, zone: ZoneInfo) -> Period:
    """The first to the last day of these starts (UTC, in order); open if there are none."""
    if starts.is_empty():
        return Period()
    # Clocks can be set back over midnight: the first listen may not be on the first day.
    numbers, around = starts.dt.epoch("us"), 26 * HOUR_US
    head = starts.head(int(numbers.search_sorted(numbers[0] + around, side="right")))
    tail = starts.slice(int(numbers.search_sorted(numbers[-1] - around)))
    first = local_times(head, zone).dt.date().min()
    last = local_times(tail, zone).dt.date().max()
    if not isinstance(first, date) or not isinstance(last, date):
        raise TypeError("a start without a day")
    return Period(first, last)


def _spans(starts: pl.Series, period: Period, zone: ZoneInfo) -> list[tuple[int, int]]:
    """The spans of these starts whose days in `zone` are in the period, in order.

    There are two if clocks are set back over midnight.
    """
    if starts.is_empty():
        return []
    first, last = period.first or date.min, period.last or date.max
    begin = (first.toordinal() - EPOCH_DAY) * DAY_US
    end = (last.toordinal() + 1 - EPOCH_DAY) * DAY_US
    spans: list[tuple[int, int]] = []
    for stretch in stretches(starts[0], starts[-1], zone):
        since = max(begin - stretch.offset, stretch.begin)
        until = min(end - stretch.offset, stretch.end)
        if since < until:
            spans.append((since, until))
    return _joined(spans)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for since, until in spans:
        if joined and joined[-1][1] == since:
            joined[-1] = (joined[-1][0], until)
        else:
            joined.append((since, until))
    return joined
