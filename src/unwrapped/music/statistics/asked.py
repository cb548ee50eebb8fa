"""What is asked: plain values, without a frame among them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from unwrapped.core.exceptions import Invalid, NotFound
from unwrapped.music.history.period import Period
from unwrapped.music.statistics.schemas import By, Kind, Order

MOST_POINTS = 10_000
"""Of one series."""


class NotInHistory(NotFound):
    """The listener has no such artist, album or track."""

    code = "not_in_history"

    def __init__(self) -> None:
        super().__init__("There is nothing of this id in your history.")


class TooManyPoints(Invalid):
    """The series has more steps than an answer may."""

    code = "too_many_points"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"The series has {count:,} points, and an answer holds {MOST_POINTS:,}. Ask"
            " for a shorter period or longer steps."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A period in a zone, and the day on which it is asked for there."""

    period: Period
    zone: ZoneInfo
    today: date

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo, now: datetime) -> Self:
        """The period of a text. Raises `UnknownPeriod`."""
        today = now.astimezone(zone).date()
        return cls(Period.parse(text, today), zone, today)


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a ranking is of, and its order."""

    kind: Kind
    by: By = By.PLAYS
    order: Order = Order.MOST
    artist: str | None = None
    """The public id of the artist that all of it is by."""

    album: str | None = None
    """That of the album that all of it is on."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a ranking a page begins: behind this id, or this rank where that is gone."""

    rank: int
    id: str
