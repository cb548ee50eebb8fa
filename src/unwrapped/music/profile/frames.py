"""The frames that every measure reads: listens and plays, placed in local time.

What counts as a play: at least 30 seconds, or of unknown duration. Hour, day, month
and period go by the start in the listener's zone.
"""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.core.exceptions import Invalid
from unwrapped.music.profile.period import Period

PLAY_MS = 30_000


class NoPlays(Invalid):
    """There is no play in the period."""


@dataclass(frozen=True, slots=True)
class Frames:
    """A history cut to a period. All frames are sorted by `started_at`.

    Columns beside those of the history: `ended_at`, `day`, `hour` (0..23) and `weekday`
    (1 = Monday) in the listener's zone.
    """

    history: pl.DataFrame
    """Plays from the first of all to the end of the period."""

    plays: pl.DataFrame
    """Plays of the period."""

    listens: pl.DataFrame
    """All listens of the period, also those too short to be a play."""

    first_day: date
    """The first day of the period; for an open one the day of the first listen."""

    last_day: date
    """The last day of the period; for an open one the day of the last listen."""

    @property
    def days(self) -> int:
        """Days in the period."""
        return (self.last_day - self.first_day).days + 1

    @property
    def history_start(self) -> pl.Expr:
        """The time of the first play of all."""
        return pl.lit(self.history["started_at"][0])

    @property
    def history_days(self) -> int:
        """Days from the first play of all to the end of the period."""
        first: date = self.history["day"][0]
        return (self.last_day - first).days + 1


def cut_frames(listens: pl.DataFrame, period: Period, zone: ZoneInfo) -> Frames:
    """The frames of `period`, with times in `zone`.

    A period that reaches beyond the history is cut to it. Raises `NoPlays`, naming the
    years that have plays, when the period has none.
    """
    placed = _placed(listens, zone)
    is_play = pl.col("ms_played").is_null() | (pl.col("ms_played") >= PLAY_MS)
    plays = placed.filter(is_play)
    inside = _between(period.first, period.last)
    inner = placed.filter(inside)
    inner_plays = plays.filter(inside)
    if inner_plays.is_empty():
        raise NoPlays(_no_plays(plays, period))
    first, last = placed["day"].min(), placed["day"].max()
    return Frames(
        history=plays.filter(_between(None, period.last)),
        plays=inner_plays,
        listens=inner,
        first_day=max(_day(first), period.first or date.min),
        last_day=min(_day(last), period.last or date.max),
    )


def _placed(listens: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    local = pl.col("started_at").dt.convert_time_zone(zone.key)
    played = pl.duration(milliseconds=pl.col("ms_played").fill_null(0))
    return listens.with_columns(
        (pl.col("started_at") + played).alias("ended_at"),
        local.dt.date().alias("day"),
        local.dt.hour().alias("hour"),
        local.dt.weekday().alias("weekday"),
    )


def _between(first: date | None, last: date | None) -> pl.Expr:
    return pl.col("day").is_between(first or date.min, last or date.max)


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is no day")
    return value


def _no_plays(plays: pl.DataFrame, period: Period) -> str:
    if plays.is_empty():
        return "There is no play in the whole history, only listens under 30 seconds."
    years = plays["day"].dt.year().unique().sort().to_list()
    listed = ", ".join(str(year) for year in years)
    return f"There is no play in {period}. Years with plays: {listed}."
