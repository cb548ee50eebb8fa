"""The filters in the address of the history: as a query, in words, and as links that lift each of
them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from pydantic import Field

from unwrapped.core.exceptions import Invalid
from unwrapped.core.schemas import Schema
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.schemas import ListenRead
from unwrapped.music.listens.service import ListenOrder
from unwrapped.music.sources.logs import LogName
from unwrapped.shared.validators import SafeStr, SafeText
from unwrapped.web.pages.links import HISTORY
from unwrapped.web.wording import WEEKDAYS, day, hour, source_title
from unwrapped.web.wording import period as period_title

ONE_PAGE = ("cursor", "deleted")
"""The parameters that do not filter plays: they concern a single page."""

DAYS = ("period", "first", "last", "day")
"""The parameters that restrict the days."""

NOT_IN_REMOVAL = ("q", "hour", "weekday")
"""The filters that the form for deleting many plays does not have."""


class DaysReversed(Invalid):
    """The first day is after the last one."""

    code = "days_reversed"

    def __init__(self) -> None:
        super().__init__("The first day is after the last one. Swap them.")


class HistoryQuery(Schema):
    """The query of the screen: which plays are shown, and where the page begins."""

    q: SafeStr | None = None
    source: LogName | None = None
    artist: SafeText | None = None
    album: SafeStr | None = None
    track: SafeStr | None = None
    period: SafeStr | None = None
    first: date | None = None
    last: date | None = None
    """These two days replace the bounds of the period."""

    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    weekday: Annotated[int, Field(ge=1, le=7)] | None = None
    day: date | None = None
    """The day with which the list begins, as in addresses of earlier releases."""

    order: ListenOrder = ListenOrder.NEWEST
    cursor: SafeText | None = None
    deleted: Annotated[int, Field(ge=1)] | None = None
    """The number of plays that were just deleted, after a redirect."""

    def days(self, today: date) -> Period:
        """The days whose plays are shown. Raises `UnknownPeriod` or `DaysReversed`."""
        within = Period.parse(self.period or "all", today)
        first, last = self.first, self.last
        if self.order is ListenOrder.NEWEST:
            last = last or self.day
        else:
            first = first or self.day
        days = Period(first or within.first, last or within.last)
        if days.first and days.last and days.last < days.first:
            raise DaysReversed
        return days

    def wanted(self, days: Period, zone: ZoneInfo) -> ListenFilter:
        """The filter of the plays on these days."""
        return ListenFilter(
            source=self.source,
            period=days,
            zone=zone,
            artist=self.artist,
            text=self.q,
            album=self.album,
            track=self.track,
            hour=self.hour,
            weekday=self.weekday,
        )


@dataclass(frozen=True, slots=True)
class Restriction:
    """A restriction of the shown plays: `Only` its words, and how to lift it."""

    words: str
    """The words before the name."""

    name: str
    """A name from the history or from the reader; "" if there is none."""

    lift: str
    """The text of the link that lifts it."""

    target: str


def restrictions(
    asked: HistoryQuery,
    days: Period,
    names: Mapping[str, str],
    given: Mapping[str, str],
) -> list[Restriction]:
    """The restrictions of the query, in words; `names` are those of `names_of`."""

    def one(words: str, name: str, lift: str, *names: str) -> Restriction:
        return Restriction(words, name, lift, address(given, *ONE_PAGE, *names))

    found = [
        one("", name, "Show the others, too", kind) for kind, name in names.items()
    ]
    if days != Period():
        found.append(one(_on_days(days), "", "Show all days", *DAYS))
    if asked.weekday is not None:
        name = f"plays that began on a {WEEKDAYS[asked.weekday - 1]}"
        found.append(one(name, "", "Show other weekdays, too", "weekday"))
    if asked.hour is not None:
        name = f"plays that began from {hour(asked.hour)}"
        found.append(one(name, "", "Show other hours, too", "hour"))
    if asked.q is not None:
        found.append(one("names with", asked.q, "Show all names", "q"))
    if asked.source is not None:
        name = f"from {source_title(asked.source)}"
        found.append(one(name, "", "Show all sources", "source"))
    return found


def names_of(asked: HistoryQuery, plays: list[ListenRead]) -> dict[str, str]:
    """The names of the artist, album and track by which plays are filtered; those of the
    album and the track are read from these plays.
    """
    first = plays[0] if plays else None
    names: dict[str, str] = {}
    if asked.artist is not None:
        names["artist"] = asked.artist
    if asked.album is not None:
        names["album"] = f"{first.album} by {first.artist}" if first else "one album"
    if asked.track is not None:
        names["track"] = f"{first.title} by {first.artist}" if first else "one track"
    return names


def _on_days(days: Period) -> str:
    if days.first and days.last:
        return period_title(str(days))
    if days.first:
        return f"since {day(days.first)}"
    return f"up to {day(days.last)}" if days.last else ""


def without(given: Mapping[str, str], *names: str) -> dict[str, str]:
    """The given fields, except these and those that are empty."""
    return {name: text for name, text in given.items() if text and name not in names}


def address(given: Mapping[str, str], *names: str) -> str:
    """The address of the history with the given fields, except these."""
    query = urlencode(without(given, *names))
    return f"{HISTORY}?{query}" if query else HISTORY
