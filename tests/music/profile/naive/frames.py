"""A history cut to a period, row by row."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from tests.music.profile.histories import Listen
from unwrapped.music.history.period import Period

Track = tuple[str, str]
"""Artist and title."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A listen in the listener's time."""

    row: Listen
    local: datetime
    day: date

    @property
    def start(self) -> datetime:
        return self.row.started_at

    @property
    def end(self) -> datetime:
        return self.start + timedelta(milliseconds=self.row.ms_played or 0)

    @property
    def month(self) -> date:
        return self.day.replace(day=1)

    @property
    def artist(self) -> str:
        return self.row.artist

    @property
    def title(self) -> str:
        return self.row.title

    @property
    def track(self) -> Track:
        return self.row.artist, self.row.title

    @property
    def is_play(self) -> bool:
        return self.row.ms_played is None or self.row.ms_played >= 30_000


@dataclass(frozen=True)
class Cut:
    """The frames of `Frames` as lists."""

    history: list[Placed]
    plays: list[Placed]
    listens: list[Placed]
    first_day: date
    last_day: date

    @cached_property
    def sleep_runs(self) -> list[list[Placed]]:
        """The runs of at least ten plays of one track in a session that begin from
        23:00 to 6:59."""
        return [
            run
            for run in loops(self.history)
            if len(run) >= 10 and not 7 <= run[0].local.hour < 23
        ]

    @cached_property
    def asleep(self) -> set[Track]:
        return {run[0].track for run in self.sleep_runs}

    @property
    def awake_history(self) -> list[Placed]:
        return [play for play in self.history if play.track not in self.asleep]

    @property
    def awake_plays(self) -> list[Placed]:
        return [play for play in self.plays if play.track not in self.asleep]

    @property
    def awake_sessions(self) -> list[list[Placed]]:
        """The sessions without sleep machines; their limits come from all plays."""
        awake = [
            [play for play in plays if play.track not in self.asleep]
            for plays in split(self.plays)
        ]
        return [plays for plays in awake if plays]


def split(plays: list[Placed]) -> list[list[Placed]]:
    """The sessions of `plays`."""
    found: list[list[Placed]] = []
    for play in plays:
        ends = max((one.end for one in found[-1]), default=None) if found else None
        if ends is None or play.start - ends >= timedelta(minutes=30):
            found.append([])
        found[-1].append(play)
    return found


def loops(plays: list[Placed]) -> list[list[Placed]]:
    """Runs of plays of one track, each within its session."""
    return [run for session in split(plays) for run in runs(session, "track")]


def runs(session: list[Placed], alike: str) -> list[list[Placed]]:
    """Runs of consecutive plays that are alike in this."""
    return [list(run) for _, run in groupby(session, attrgetter(alike))]


def cut(rows: list[Listen], period: Period, zone: ZoneInfo) -> Cut | None:
    """`rows`, in order, cut to `period`; None when it has no play."""
    first, last = period.first or date.min, period.last or date.max
    times = [row.started_at.astimezone(zone) for row in rows]
    placed = [
        Placed(row, time, time.date()) for row, time in zip(rows, times, strict=True)
    ]
    listens = [one for one in placed if first <= one.day <= last]
    plays = [one for one in listens if one.is_play]
    if not plays:
        return None
    days = [one.day for one in placed if one.is_play]
    begins, ends = max(first, min(days)), min(last, max(days))
    return Cut(
        history=[one for one in placed if one.is_play and one.day <= last],
        plays=plays,
        listens=[one for one in listens if begins <= one.day <= ends],
        first_day=begins,
        last_day=ends,
    )
