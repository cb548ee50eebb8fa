"""The screens of rankings: artists, albums and tracks of a period."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Response

from unwrapped.music.profile.basis.listening_time import MS_PER_HOUR
from unwrapped.music.statistics.question import Ranking
from unwrapped.music.statistics.schemas import By, Kind, Order, Ranked
from unwrapped.shared.pagination_parameters import CursorQuery
from unwrapped.web.pages.forms import redirect
from unwrapped.web.pages.links import TOPS, of_history, top_of
from unwrapped.web.pages.screen import ScreenDep, User, screen_router
from unwrapped.web.pages.statistics.dependencies import (
    Choice,
    PeriodDep,
    ScreenStatistics,
    common_periods,
    year_choices,
)
from unwrapped.web.wording import UNKNOWN, count, counted, known_duration

router = screen_router()

RANKS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A place of a ranking, as it is shown."""

    place: Ranked
    target: str
    artist_target: str
    figure: str
    """The plays or the time, by which the ranking is ordered."""

    beside: str
    """The other of the two; "" if it is not known."""

    change: str
    """The change of the rank since the previous period; "" if none is shown."""


@router.get(TOPS)
async def show_artists(user: User) -> Response:
    """Redirect to the ranking of artists."""
    return redirect(top_of(Kind.ARTISTS))


@router.get(TOPS + "/{kind}")
async def show_top(
    kind: Kind,
    screen: ScreenDep,
    statistics: ScreenStatistics,
    period: PeriodDep,
    by: Annotated[By, Query()] = By.PLAYS,
    order: Annotated[Order, Query()] = Order.MOST,
    new: Annotated[bool, Query()] = False,
    cursor: CursorQuery = None,
) -> Response:
    """Show a page of a ranking; with `new`, only of what was first played in the period."""
    asked, ranking = period.asked, Ranking(kind, by, order, new=new)
    page = await statistics.top(asked, ranking, RANKS_A_PAGE, cursor)
    extent = await statistics.extent(asked, kind, new=new)
    compares = not new and asked.period.compared_with(asked.today) is not None
    link = linking(ranking, period.text)
    rows = read_rows(page.items, ranking, period.text, compares=compares)
    return screen.show(
        "pages/tops.html",
        period=period,
        kind=kind,
        by=by,
        order=order,
        new=new,
        rows=rows,
        mostly_new=compares and are_mostly_new(page.items),
        is_timed=any(place.ms for place in page.items),
        extent=extent,
        compares=compares,
        periods=common_periods(period, lambda text: link(period=text)),
        years=year_choices(extent.years, period.days, lambda text: link(period=text)),
        choices=choices_of(ranking, link),
        link=link,
        cursor=cursor,
        next_cursor=page.next_cursor,
    )


def linking(ranking: Ranking, period: str) -> Callable[..., str]:
    """Return a function that links to a ranking with other parameters: `link(by="time")`."""
    usual = {"period": "all", "by": By.PLAYS, "order": Order.MOST, "new": ""}
    new = "true" if ranking.new else ""
    here = {"period": period, "by": ranking.by, "order": ranking.order, "new": new}

    def link(kind: Kind = ranking.kind, **other: str) -> str:
        asked = here | other
        return top_of(
            kind,
            **{name: text for name, text in asked.items() if text != usual.get(name)},
        )

    return link


def choices_of(ranking: Ranking, link: Callable[..., str]) -> list[list[Choice]]:
    """The links that choose the measure of a ranking, and those that choose its order."""
    by = {By.PLAYS: "By plays", By.TIME: "By time"}
    order = {Order.MOST: "Most first", Order.LEAST: "Least first"}
    return [
        [Choice(said, link(by=one), one is ranking.by) for one, said in by.items()],
        [
            Choice(said, link(order=one), one is ranking.order)
            for one, said in order.items()
        ],
    ]


def read_rows(
    places: list[Ranked], ranking: Ranking, period: str, *, compares: bool
) -> list[Row]:
    """Places of a ranking in words. Their links have the period, as in addresses.

    `compares` shows the changes of their ranks; what was not played before is named only
    where it is the exception.
    """
    quiet = are_mostly_new(places)
    changes = [
        "" if not compares or (quiet and one.rank_before is None) else change_of(one)
        for one in places
    ]
    return [
        _row(place, ranking, period, change)
        for place, change in zip(places, changes, strict=True)
    ]


def are_mostly_new(places: list[Ranked]) -> bool:
    """Whether most of these were not played in the previous period."""
    new = sum(place.rank_before is None for place in places)
    return 2 * new > len(places)


def _row(place: Ranked, ranking: Ranking, period: str, change: str) -> Row:
    hours = None if place.ms is None else place.ms / MS_PER_HOUR
    time, plays = known_duration(hours, place.known_share), counted(place.plays, "play")
    is_by_time = ranking.by is By.TIME
    within = "" if period == "all" else period
    return Row(
        place=place,
        target=of_history(ranking.kind, place.id, within),
        artist_target=of_history(Kind.ARTISTS, place.artist_id, within),
        figure=time if is_by_time else plays,
        beside=plays if is_by_time else time.replace(UNKNOWN, ""),
        change=change,
    )


def change_of(place: Ranked) -> str:
    """The change of a rank since the previous period, in words."""
    if place.rank_before is None:
        return "not played in the period before"
    steps = place.rank_before - place.rank
    if steps == 0:
        return "same place as before"
    return f"{'up' if steps > 0 else 'down'} {count(abs(steps))}, from {count(place.rank_before)}"
