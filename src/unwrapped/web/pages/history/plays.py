"""The screen of the history: every play with its start, and why some are not counted."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from fastapi import Request, Response

from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.music.corrections.correction import artist_id
from unwrapped.music.history.period import Period
from unwrapped.music.history.terms import PLAY_MS, Mark
from unwrapped.music.listens.query_parameters import NowDep
from unwrapped.music.listens.router import ListenServiceDep
from unwrapped.music.listens.schemas import ListenRead
from unwrapped.music.statistics.question import Asked
from unwrapped.music.statistics.service import StatisticsService, open_statistics
from unwrapped.shared.zones import parse_zone
from unwrapped.web.pages.forms import read_query
from unwrapped.web.pages.history.filters import (
    NOT_IN_REMOVAL,
    ONE_PAGE,
    HistoryQuery,
    Restriction,
    address,
    names_of,
    restrictions,
    without,
)
from unwrapped.web.pages.links import HISTORY
from unwrapped.web.pages.screen import ScreenDep, User, screen_router
from unwrapped.web.pages.statistics.dependencies import count_plays

router = screen_router()

PLAYS_A_PAGE = 50
BESIDE = timedelta(minutes=2)
"""How far the starts of a listen in two sources may differ for one row of the page."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the screen: a play, and its time of day."""

    play: ListenRead
    clock: str
    is_short: bool
    poorer: tuple[ListenRead, ...] = ()
    """The records of the same listen in other sources, which are chosen with the play."""

    @property
    def ids(self) -> str:
        """The ids of the play and of `poorer`, as `/history/delete` reads them."""
        return " ".join(one.id for one in (self.play, *self.poorer))


@router.get(HISTORY)
async def show_history(
    request: Request,
    screen: ScreenDep,
    user: User,
    listens: ListenServiceDep,
    session: SessionDep,
    resources: ResourcesDep,
    now: NowDep,
) -> Response:
    """Show plays, ordered by their start."""
    zone = parse_zone(user.time_zone)
    today = now.astimezone(zone).date()
    form = read_query(request, HistoryQuery)
    rows: list[tuple[date, list[Row]]] = []
    only: list[Restriction] = []
    names: dict[str, str] = {}
    bounds = Period()
    next_page = deleted = plays = None
    async with form.attempt():
        asked = form.value
        bounds = asked.days(today)
        page = await listens.list_listens(
            user.id,
            asked.wanted(bounds, zone),
            PLAYS_A_PAGE,
            asked.cursor,
            asked.order,
        )
        rows = _by_day(page.items, zone)
        names = names_of(asked, page.items)
        only = restrictions(asked, bounds, names, form.given)
        if only and not (asked.q or asked.source):
            # A list without filters needs no statistics.
            statistics = await open_statistics(session, resources, user.id)
            plays = await _count(statistics, asked, Asked(bounds, zone, today))
        deleted = asked.deleted
        if page.next_cursor:
            given = {**form.given, "cursor": page.next_cursor}
            next_page = address(given, "deleted")
    if form.faults:
        form.problem = None
    return screen.show(
        "pages/history.html",
        form=form,
        days=rows,
        bounds=bounds,
        next_page=next_page,
        only=only,
        names=names,
        plays=plays,
        deleted=deleted,
        here=address(form.given, "deleted"),
        first_page=address(form.given, *ONE_PAGE),
        sources=await listens.sources(user.id),
        removable={} if any(map(form.given.get, NOT_IN_REMOVAL)) else form.given,
        is_filtered=bool(without(form.given, *ONE_PAGE, "order")),
    )


async def _count(
    statistics: StatisticsService, asked: HistoryQuery, within: Asked
) -> int | None:
    """The number of plays that the list has; None where statistics do not know it.

    They know no sources and no parts of names, which must not be asked for. With
    corrections, they count an item under another name than the list shows.
    """
    of = {"album": asked.album, "track": asked.track}
    if asked.artist is not None:
        of["artist"] = artist_id(asked.artist)
    named = {kind: one for kind, one in of.items() if one is not None}
    if named and statistics.has_corrections:
        return None
    return await count_plays(statistics, within, named, asked.hour, asked.weekday)


def _by_day(plays: list[ListenRead], zone: ZoneInfo) -> list[tuple[date, list[Row]]]:
    beside = _beside_richer(plays)
    joined = {one.id for poorer in beside.values() for one in poorer}
    local = [
        (play.started_at.astimezone(zone), play)
        for play in plays
        if play.id not in joined
    ]
    return [
        (
            day,
            [
                Row(
                    play,
                    f"{start:%H:%M}",
                    _is_short(play),
                    tuple(beside.get(play.id, ())),
                )
                for start, play in of_day
            ],
        )
        for day, of_day in groupby(local, key=lambda item: item[0].date())
    ]


def _beside_richer(plays: list[ListenRead]) -> dict[str, list[ListenRead]]:
    """The plays of a page that do not count because a richer source has them, by the id of
    the play of that source.

    A play is left out if the play of the richer source is on another page or has another
    title.
    """
    counting: dict[str, list[ListenRead]] = {}
    for play in plays:
        if play.mark is None:
            counting.setdefault(play.track_id, []).append(play)
    beside: dict[str, list[ListenRead]] = {}
    for play in plays:
        near = [
            one
            for one in counting.get(play.track_id, ())
            if one.source is not play.source
            and abs(one.started_at - play.started_at) <= BESIDE
        ]
        if play.mark is Mark.RICHER_SOURCE and near:
            richer = min(near, key=lambda one: abs(one.started_at - play.started_at))
            beside.setdefault(richer.id, []).append(play)
    return beside


def _is_short(play: ListenRead) -> bool:
    return play.ms_played is not None and play.ms_played < PLAY_MS
