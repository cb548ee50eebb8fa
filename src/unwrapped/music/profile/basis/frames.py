"""The frames that every measure reads: listens and plays, placed in local time.

A play is a listen of at least 30 seconds, or of unknown duration. The start in the
listener's zone decides to which hour, day, month and period a listen belongs.
"""

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.core.exceptions import Invalid
from unwrapped.music.history.credits import no_credits
from unwrapped.music.history.local_time import local_times
from unwrapped.music.history.period import Period
from unwrapped.music.history.terms import PLAY_MS
from unwrapped.music.profile.basis.sessions_and_runs import (
    find_runs,
    wall_clock_ms,
    with_sessions,
)
from unwrapped.music.profile.basis.tallies import Tallies

IS_PLAY = pl.col("ms_played").fill_null(PLAY_MS) >= PLAY_MS
SLEEP_RUN = 10
DAYTIME = (7, 23)
"""Hours. A run of one track that begins outside them is taken for a sleep machine."""


class NoPlays(Invalid):
    """There is no play in the period."""

    code = "no_plays"


@dataclass(frozen=True)
class Frames:
    """A history cut to a period. All frames are sorted by `started_at`.

    Columns in addition to those of the history: `ended_at`, `day`, `hour` (0..23) and
    `weekday` (1 = Monday) in the listener's zone.
    """

    history: pl.DataFrame
    """Plays from the first one of the history to the end of the period."""

    plays: pl.DataFrame
    """Plays of the period."""

    listens: pl.DataFrame
    """All listens of the period, including those too short to be a play."""

    first_day: date
    """The first day of the period, or the day of the first play of the history if that
    is later."""

    last_day: date
    """The last day of the period, or the day of the last play of the history if that is
    earlier."""

    credits: pl.DataFrame = field(default_factory=no_credits)
    """The artists that credits are split into, by name. Counts of artists are counts of
    these; runs and the names of tracks keep the credit."""

    @property
    def days(self) -> int:
        """Days in the period."""
        return (self.last_day - self.first_day).days + 1

    @property
    def history_days(self) -> int:
        """Days from the first play of the history to the end of the period."""
        first: date = self.history["day"][0]
        return (self.last_day - first).days + 1

    @cached_property
    def ever(self) -> Tallies:
        """Counts over `history`."""
        return Tallies(self.history, self.credits)

    @cached_property
    def now(self) -> Tallies:
        """Counts over `plays`."""
        all_plays = len(self.plays) == len(self.history)
        return self.ever if all_plays else Tallies(self.plays, self.credits)

    @cached_property
    def in_sessions(self) -> pl.DataFrame:
        """`plays` with the number of their `session`: 0, 1, 2, …"""
        return with_sessions(self.plays)

    @cached_property
    def sleep_runs(self) -> pl.DataFrame:
        """Runs of one track in a session of `history`, of `SLEEP_RUN` plays or more, that
        begin from 23:00 to 6:59: `track`, `artist`, `title`, `day` and `plays`."""
        played, loops = self.in_sessions, self._loops
        if len(played) < len(self.history):
            played = with_sessions(self.history)
            loops = find_runs(played, "track", "session")
        long = loops.filter(pl.col("plays") >= SLEEP_RUN)
        at_night = ~pl.col("hour").is_between(*DAYTIME, closed="left")
        begins = played[long["begin"], ["track", "artist", "title", "day", "hour"]]
        return begins.hstack([long["plays"]]).filter(at_night)

    @cached_property
    def _loops(self) -> pl.DataFrame:
        return find_runs(self.in_sessions, "track", "session")

    @cached_property
    def awake(self) -> "Awake":
        """The frames without the tracks of `sleep_runs`: plays that show a liking."""
        asleep = self.sleep_runs["track"].unique()
        if asleep.is_empty():
            return Awake(
                self.history,
                self.plays,
                self.in_sessions,
                self._loops,
                self.ever,
                self.now,
            )
        keeps = ~pl.col("track").is_in(asleep.implode())
        history = self.history.filter(keeps)
        plays = self.plays.filter(keeps)
        in_sessions = self.in_sessions.filter(keeps)
        loops = find_runs(in_sessions, "track", "session")
        return Awake(
            history,
            plays,
            in_sessions,
            loops,
            Tallies(history, self.credits),
            Tallies(plays, self.credits),
        )

    @cached_property
    def calendar(self) -> pl.DataFrame:
        """`day`, `plays`, `ms` and `unknown` for each day of the period with a listen, in
        order.

        `ms` is the time that the listens of the day add to the union of all intervals,
        `unknown` the number of plays without a known time.
        """
        amounts = self.listens.select(
            "day",
            IS_PLAY.cast(pl.Int64).alias("plays"),
            pl.col("ms_played").is_null().cast(pl.Int64).alias("unknown"),
            wall_clock_ms().alias("ms"),
        )
        return amounts.group_by("day").agg(pl.all().sum()).sort("day")

    @property
    def active_days(self) -> int:
        """Days of the period with a play."""
        return int((self.calendar["plays"] > 0).sum())

    @cached_property
    def plays_on(self) -> dict[date, int]:
        """The plays of each day of `calendar`."""
        return dict(zip(self.calendar["day"], self.calendar["plays"], strict=True))

    def day_of(self, start: datetime) -> date:
        """The day of the play that starts at this time."""
        return _day(self.plays["day"][bisect_left(self.plays["started_at"], start)])


@dataclass(frozen=True)
class Awake:
    """The frames and counts that `Frames` has under these names, without sleep
    machines."""

    history: pl.DataFrame
    plays: pl.DataFrame
    in_sessions: pl.DataFrame
    loops: pl.DataFrame
    """Runs of one track in a session (`find_runs` of `in_sessions`)."""

    ever: Tallies
    now: Tallies


def cut_frames(
    listens: pl.DataFrame,
    period: Period,
    zone: ZoneInfo,
    credits: pl.DataFrame | None = None,
) -> Frames:
    """The frames of `period`, with times in `zone` and artists split by `credits`.

    A period that reaches beyond the history is cut to it. Raises `NoPlays`, naming the
    years that have plays, when the period has none.
    """
    placed = _placed(listens, zone)
    plays = placed.filter(IS_PLAY)
    history = _cut(plays, None, period.last)
    inner_plays = _cut(history, period.first, None)
    if inner_plays.is_empty():
        raise NoPlays(_no_plays(plays, period))
    # The history begins with a play, not with a song played for a second years before.
    first = max(_day(plays["day"][0]), period.first or date.min)
    last = min(_day(plays["day"][-1]), period.last or date.max)
    return Frames(
        history=history,
        plays=inner_plays,
        listens=_cut(placed, first, last),
        first_day=first,
        last_day=last,
        credits=no_credits() if credits is None else credits,
    )


def _placed(listens: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    local = pl.lit(local_times(listens["started_at"], zone))
    played = pl.duration(milliseconds=pl.col("ms_played").fill_null(0))
    return listens.with_columns(
        (pl.col("started_at") + played).alias("ended_at"),
        local.dt.date().alias("day"),
        local.dt.time().dt.hour().alias("hour"),  # three times as fast as `dt.hour`
        local.dt.weekday().alias("weekday"),
    )


def _cut(frame: pl.DataFrame, first: date | None, last: date | None) -> pl.DataFrame:
    if first is None and last is None:
        return frame
    days = frame["day"]
    if len(days) and (first or days[0]) <= days[0] and days[-1] <= (last or days[-1]):
        return frame
    inside = pl.col("day").is_between(first or date.min, last or date.max)
    return frame.filter(inside)


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a day")
    return value


def _no_plays(plays: pl.DataFrame, period: Period) -> str:
    if plays.is_empty():
        return "There is no play in the whole history, only listens under 30 seconds."
    years = plays["day"].dt.year().unique().sort().to_list()
    listed = ", ".join(str(year) for year in years)
    return f"There is no play in {period}. Years with plays: {listed}."
