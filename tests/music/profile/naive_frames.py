"""A history cut to a period, row by row."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
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


@dataclass(frozen=True, slots=True)
class Cut:
    """What `Frames` is, as lists."""

    history: list[Placed]
    plays: list[Placed]
    listens: list[Placed]
    first_day: date
    last_day: date


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
    days = [one.day for one in placed]
    return Cut(
        history=[one for one in placed if one.is_play and one.day <= last],
        plays=plays,
        listens=listens,
        first_day=max(first, min(days)),
        last_day=min(last, max(days)),
    )
