"""What a question about a history asks for: a period, a ranking, a place in it.

Loads no Polars.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self
from zoneinfo import ZoneInfo

from unwrapped.core.exceptions import Invalid, NotFound
from unwrapped.music.history.period import Period
from unwrapped.music.statistics.schemas import By, Kind, Order

MOST_POINTS = 10_000
"""The maximum number of points of a series."""


class NotInHistory(NotFound):
    """The history has no such artist, album or track."""

    code = "not_in_history"

    def __init__(self) -> None:
        super().__init__("There is nothing with this id in your history.")


class TooManyPoints(Invalid):
    """The series would have more points than are allowed."""

    code = "too_many_points"

    def __init__(self, count: int) -> None:
        super().__init__(
            f"The series would have {count:,} points, more than {MOST_POINTS:,}. Ask for"
            " a shorter period or longer steps."
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """A period in a zone, and the current day in this zone."""

    period: Period
    zone: ZoneInfo
    today: date

    @classmethod
    def parse(cls, text: str, zone: ZoneInfo, now: datetime) -> Self:
        """Parse a period. Raises `UnknownPeriod`."""
        today = now.astimezone(zone).date()
        return cls(Period.parse(text, today), zone, today)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The kind of a ranking, its order and filters."""

    kind: Kind
    by: By = By.PLAYS
    order: Order = Order.MOST
    artist: str | None = None
    """The public id of the artist whose items are ranked; None for all."""

    album: str | None = None
    """The public id of the album whose items are ranked; None for all."""

    new: bool = False
    """Whether only those are ranked whose first play ever is in the period."""


@dataclass(frozen=True, slots=True)
class Place:
    """The place after which a page of a ranking begins.

    It is that of the id, or of the rank if the id is not in the ranking any more.
    """

    rank: int
    id: str
