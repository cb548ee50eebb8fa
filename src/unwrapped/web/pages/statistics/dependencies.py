"""Dependencies of the screens of statistics: the period that the address names, and links to
other periods."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends

from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.music.history.period import Period
from unwrapped.music.listens.query_parameters import NowDep, PeriodQuery
from unwrapped.music.statistics.question import Asked, NotInHistory
from unwrapped.music.statistics.schemas import Step
from unwrapped.music.statistics.service import StatisticsService, open_statistics
from unwrapped.shared.zones import parse_zone
from unwrapped.web.pages.screen import User
from unwrapped.web.wording import period as period_title

COMMON_PERIODS = {
    "all": "All time",
    "last-7": "Last 7 days",
    "last-30": "Last 30 days",
    "last-90": "Last 90 days",
    "last-365": "Last 365 days",
    "this-year": "This year",
    "last-year": "Last year",
}
"""The periods to which the screens link, and their names."""


async def get_statistics(
    user: User, session: SessionDep, resources: ResourcesDep
) -> StatisticsService:
    """The statistics of the person who is signed in."""
    return await open_statistics(session, resources, user.id)


ScreenStatistics = Annotated[StatisticsService, Depends(get_statistics)]


@dataclass(frozen=True, slots=True)
class ChosenPeriod:
    """The period that a screen shows."""

    text: str
    """The period as it is written in the address."""

    asked: Asked

    @property
    def title(self) -> str:
        """The name of the period; that of a relative one, such as `last-7`, has its days."""
        days = period_title(str(self.asked.period))
        common = COMMON_PERIODS.get(self.text, days)
        return common if common == days else f"{common}: {days}"

    @property
    def days(self) -> str:
        """The days of the period, as they are written in addresses."""
        return str(self.asked.period)

    @property
    def earlier(self) -> str | None:
        """The previous period; None if there is none."""
        before = self.asked.period.earlier
        return None if before is None else str(before)

    @property
    def later(self) -> str | None:
        """The next period; None if there is none, or if it has not begun."""
        after = self.asked.period.later
        if after is None or after.first is None or after.first > self.asked.today:
            return None
        return str(after)


@dataclass(frozen=True, slots=True)
class Choice:
    """A link of a selection, and whether it is the selected one."""

    title: str
    target: str
    chosen: bool


def common_periods(chosen: ChosenPeriod, link: Callable[[str], str]) -> list[Choice]:
    """Links to common periods."""
    return [
        Choice(title, link(text), text == chosen.text)
        for text, title in COMMON_PERIODS.items()
    ]


async def years_played(statistics: StatisticsService, asked: Asked) -> list[int]:
    """The years with a play in the whole history, in order."""
    always = replace(asked, period=Period())
    points = (await statistics.series(always, Step.YEAR)).points
    return [one.start.year for one in points if one.start is not None and one.plays]


def year_choices(
    years: Iterable[int], chosen: str, link: Callable[[str], str]
) -> list[Choice]:
    """Links to years, the latest first. `chosen` is the period that is shown."""
    texts = [f"{year:04}" for year in sorted(years, reverse=True)]
    return [Choice(text.lstrip("0"), link(text), text == chosen) for text in texts]


async def get_period(
    user: User, now: NowDep, period: PeriodQuery = "all"
) -> ChosenPeriod:
    """The period in the address; by default all time."""
    return ChosenPeriod(period, Asked.parse(period, parse_zone(user.time_zone), now))


PeriodDep = Annotated[ChosenPeriod, Depends(get_period)]


async def count_plays(
    statistics: StatisticsService,
    asked: Asked,
    of: Mapping[str, str],
    hour: int | None = None,
    weekday: int | None = None,
) -> int | None:
    """The plays of a period, at an hour or on a weekday if they are given.

    `of` has the public id of an artist, an album or a track, by its kind; None if the
    history has no such item.
    """
    by = Step.YEAR if hour is None and weekday is None else Step.WEEKDAY_BY_HOUR
    try:
        points = (await statistics.series(asked, by, **of)).points
    except NotInHistory:
        return None
    return sum(
        one.plays
        for one in points
        if hour in (None, one.hour) and weekday in (None, one.weekday)
    )
