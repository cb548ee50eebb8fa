"""The screen of a year, compared with the previous year: to read, print and share."""

from typing import Annotated

from fastapi import Path, Response

from unwrapped.auth.dependencies import UserServiceDep
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.analysis.router import AnalysisServiceDep
from unwrapped.music.history.period import Period
from unwrapped.music.listens.query_parameters import NowDep
from unwrapped.music.statistics.question import Asked
from unwrapped.music.statistics.schemas import Kind, Step
from unwrapped.music.statistics.service import StatisticsService
from unwrapped.shared.zones import parse_zone
from unwrapped.web.drawing.figures import Figure, clock_figure
from unwrapped.web.drawing.over_time import plays_figure
from unwrapped.web.drawing.week import HOURS
from unwrapped.web.pages.forms import redirect
from unwrapped.web.pages.links import YEARS, year_of
from unwrapped.web.pages.screen import ScreenDep, User, screen_router
from unwrapped.web.pages.statistics.charts import (
    before_title,
    calendar_of,
    linking,
    of_period,
)
from unwrapped.web.pages.statistics.dependencies import (
    ScreenStatistics,
    year_choices,
    years_played,
)
from unwrapped.web.pages.statistics.home_figures import read_top, totals_of

router = screen_router()

Year = Annotated[int, Path(ge=1900, le=9998)]


@router.get(YEARS)
async def show_latest(
    user: User, statistics: ScreenStatistics, now: NowDep
) -> Response:
    """Redirect to the latest year with a play, or else to the current year."""
    always = Asked.parse("all", parse_zone(user.time_zone), now)
    years = await years_played(statistics, always)
    return redirect(year_of(years[-1] if years else always.today.year))


@router.get(YEARS + "/{year}")
async def show_year(
    year: Year,
    screen: ScreenDep,
    user: User,
    statistics: ScreenStatistics,
    now: NowDep,
    analyses: AnalysisServiceDep,
    users: UserServiceDep,
) -> Response:
    """Show a year: its figures beside those of the previous year, and its verdict."""
    asked = Asked.parse(f"{year:04}", parse_zone(user.time_zone), now)
    summary = await statistics.summary(asked)
    played = await years_played(statistics, asked)
    judged = (await analyses.list_analyses(user.id, 1, None, asked.period)).items
    verdict = None
    if judged:
        portrait = await analyses.get_portrait(user.id, judged[0].id)
        verdict = read_stored(portrait).verdict
    has_plays = summary.amounts.plays > 0
    return screen.show(
        "pages/year.html",
        year=year,
        amounts=summary.amounts,
        years=played,
        choices=year_choices(
            {*played, year}, f"{year:04}", lambda text: year_of(int(text))
        ),
        is_over=asked.today.year > year,
        earlier=year - 1 if year > 1900 else None,
        later=year + 1 if year < asked.today.year else None,
        totals=totals_of(summary),
        before=before_title(summary),
        tops=[await read_top(statistics, asked, kind, f"{year:04}") for kind in Kind]
        if has_plays
        else [],
        figures=await _figures(statistics, asked, year) if has_plays else {},
        analysis_id=judged[0].id if judged else None,
        verdict=verdict,
        display_name=(await users.get_user(user.id)).display_name,
    )


async def _figures(
    statistics: StatisticsService, asked: Asked, year: int
) -> dict[str, object]:
    """The figures of months, hours and days; the first two also show the previous year."""
    before = Asked(Period.parse(f"{year - 1:04}"), asked.zone, asked.today)
    months = await statistics.series(asked, Step.MONTH)
    former = await statistics.series(before, Step.MONTH)
    has_former = any(one.plays for one in former.points)
    days = await statistics.series(asked, Step.CALENDAR)
    clocks = [await _clock(statistics, one) for one in (asked, before)]
    return {
        "months": plays_figure(
            months.points,
            former.points if has_former else [],
            Step.MONTH,
            asked.period,
            str(year - 1),
            of_period,
        ),
        "clocks": [one for one in clocks if one],
        "calendar": calendar_of(days.points, asked),
    }


async def _clock(statistics: StatisticsService, asked: Asked) -> Figure | None:
    points = (await statistics.series(asked, Step.HOUR_OF_DAY)).points
    plays = [one.plays for one in points]
    if not any(plays):
        return None
    link = linking(asked.period)
    return clock_figure(
        plays, [link(hour=at) for at in range(HOURS)], str(asked.period)
    )
