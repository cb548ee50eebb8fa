"""The screen of charts: when a person listens, how much over time, and how much is new."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fastapi import Response

from unwrapped.music.history.period import Period
from unwrapped.music.statistics.question import Asked
from unwrapped.music.statistics.schemas import Kind, Point, Step, Summary
from unwrapped.music.statistics.service import StatisticsService
from unwrapped.web.drawing.calendar import calendar_figure
from unwrapped.web.drawing.figures import Figure, clock_figure, months_figure
from unwrapped.web.drawing.over_time import artists_figure, plays_figure
from unwrapped.web.drawing.week import HOURS, week_figure
from unwrapped.web.pages.links import CHARTS, HISTORY, top_of, with_query
from unwrapped.web.pages.screen import ScreenDep, screen_router
from unwrapped.web.pages.statistics.dependencies import (
    Choice,
    PeriodDep,
    ScreenStatistics,
    common_periods,
    year_choices,
    years_played,
)
from unwrapped.web.pages.statistics.home_figures import totals_of
from unwrapped.web.pages.statistics.items import month_of
from unwrapped.web.wording import WEEKDAYS
from unwrapped.web.wording import period as period_title

router = screen_router()

DAYS_OF_DAYS, DAYS_OF_WEEKS, DAYS_OF_MONTHS = 45, 400, 5 * 366
"""The most days of a period that is shown by day, by week, by month; longer ones by year."""

SHORTEST_WEEK, SHORTEST_CALENDAR, LONGEST_CALENDAR = 7, 32, 371
SHORTEST_MONTHS = 62
"""The lengths of periods, in days, for which the figures are meaningful."""


@dataclass(frozen=True, slots=True)
class Charts:
    """The figures of a period; a figure is None where it is not meaningful."""

    over_time: Figure | None
    artists: Figure | None
    clock: Figure
    week: Figure | None
    weekdays: list[Choice]
    """Links to the plays of each weekday."""

    calendar: Figure | None
    years: list[Choice]
    """Links to the years, if the period is too long for a calendar."""

    months: Figure | None


@router.get(CHARTS)
async def show_charts(
    screen: ScreenDep, statistics: ScreenStatistics, period: PeriodDep
) -> Response:
    """Show the charts of a period."""
    summary = await statistics.summary(period.asked)
    charts = None
    if summary.amounts.plays:
        charts = await read_charts(statistics, period.asked, summary)

    def link(period: str) -> str:
        return with_query(CHARTS, {"period": "" if period == "all" else period})

    return screen.show(
        "pages/charts.html",
        period=period,
        summary=summary,
        totals=totals_of(summary),
        before=before_title(summary),
        charts=charts,
        periods=common_periods(period, link),
        years=year_choices(
            await years_played(statistics, period.asked), period.days, link
        ),
        link=link,
    )


def before_title(summary: Summary) -> str | None:
    """The name of the period that figures are compared with; None if there is none."""
    return None if summary.before is None else period_title(summary.before.text)


async def read_charts(
    statistics: StatisticsService, asked: Asked, summary: Summary
) -> Charts:
    """Read the figures of a period, which must have a play."""
    period, days = asked.period, _length(asked, summary)
    by = step_for(days)
    plays = linking(asked.period)
    points = (await statistics.series(asked, by)).points
    compared = asked.period.compared_with(asked.today)
    former: list[Point] = []
    if compared is not None:
        before = Asked(compared, asked.zone, asked.today)
        former = (await statistics.series(before, by)).points
    clock = (await statistics.series(asked, Step.HOUR_OF_DAY)).points
    week = None
    if days >= SHORTEST_WEEK:
        week = read_week((await statistics.series(asked, Step.WEEKDAY_BY_HOUR)).points, plays)  # fmt: skip
    return Charts(
        over_time=plays_figure(
            points, former, by, period, before_title(summary), of_period
        ),
        artists=artists_figure(
            await statistics.meetings(asked, by),
            by,
            period,
            lambda days: top_of(Kind.ARTISTS, period=str(days)),
        ),
        clock=clock_figure(
            [one.plays for one in clock], [plays(hour=at) for at in range(HOURS)]
        ),
        week=week,
        weekdays=[
            Choice(name, plays(weekday=day), chosen=False)
            for day, name in enumerate(WEEKDAYS, start=1)
        ]
        if week
        else [],
        calendar=await _calendar(statistics, asked, days),
        years=_years(points) if days > LONGEST_CALENDAR else [],
        months=await _months(statistics, asked, days),
    )


def _length(asked: Asked, summary: Summary) -> int:
    """The number of days of a period; for an open one, the days of the history."""
    first, last = asked.period.first, asked.period.last
    if first is None or last is None:
        return summary.amounts.days
    return (last - first).days + 1


def step_for(days: int) -> Step:
    """The step in which a period with this number of days is shown."""
    if days <= DAYS_OF_DAYS:
        return Step.DAY
    if days <= DAYS_OF_WEEKS:
        return Step.WEEK
    return Step.MONTH if days <= DAYS_OF_MONTHS else Step.YEAR


def of_period(period: Period) -> str:
    """The address of the plays of a period."""
    return with_query(HISTORY, {"period": str(period)})


def linking(period: Period) -> Callable[..., str]:
    """Return a function that links to the plays of an hour or a weekday of a period."""
    text = "" if period == Period() else str(period)

    def link(**when: int) -> str:
        asked = {"period": text} | {name: str(one) for name, one in when.items()}
        return with_query(HISTORY, asked)

    return link


def read_week(points: list[Point], plays: Callable[..., str]) -> Figure:
    """The figure of the hours of the week; at least one must have a play."""
    counts = [one.plays for one in points]
    return week_figure(
        [counts[day * HOURS : (day + 1) * HOURS] for day in range(7)],
        [[plays(weekday=day, hour=at) for at in range(HOURS)] for day in range(1, 8)],
        [plays(hour=at) for at in range(HOURS)],
    )


async def _calendar(
    statistics: StatisticsService, asked: Asked, days: int
) -> Figure | None:
    if not SHORTEST_CALENDAR <= days <= LONGEST_CALENDAR:
        return None
    points = (await statistics.series(asked, Step.CALENDAR)).points
    return calendar_of(points, asked)


def calendar_of(points: list[Point], asked: Asked) -> Figure | None:
    """The calendar of a period, up to today; None without a play."""
    first, last = asked.period.first or date.min, asked.period.last or asked.today
    return calendar_figure(points, min(last, asked.today), of_period, first)


def _years(points: list[Point]) -> list[Choice]:
    years = {one.start.year for one in points if one.start is not None and one.plays}
    return [
        Choice(str(year), with_query(CHARTS, {"period": f"{year:04}"}), chosen=False)
        for year in sorted(years)
    ]


async def _months(
    statistics: StatisticsService, asked: Asked, days: int
) -> Figure | None:
    if days < SHORTEST_MONTHS:
        return None
    points = (await statistics.series(asked, Step.MONTH)).points
    played = [number for number, point in enumerate(points) if point.plays]
    months = [month_of(point) for point in points[played[0] : played[-1] + 1]]
    return months_figure(months, of_month)


def of_month(first: date) -> str:
    """The address of the plays of a month."""
    return with_query(HISTORY, {"period": f"{first:%Y-%m}"})
