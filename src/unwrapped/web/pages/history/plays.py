"""The screen of the history: every play with its start, and why some are not counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request, Response
from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.music.history.marks_and_ids import PLAY_MS, Mark
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.router import ListenServiceDep
from unwrapped.music.listens.schemas import ListenRead
from unwrapped.music.listens.service import ListenOrder
from unwrapped.music.sources.logs import LogName
from unwrapped.shared.validators import SafeStr, SafeText
from unwrapped.shared.zones import parse_zone
from unwrapped.web.pages.forms import read_query
from unwrapped.web.pages.guard import ScreenDep, User, screen_router
from unwrapped.web.pages.links import HISTORY
from unwrapped.web.wording import WEEKDAYS, hour

router = screen_router()

PLAYS_A_PAGE = 50
BESIDE = timedelta(minutes=2)
"""How far the starts of a listen in two sources may differ for one row of the page."""

ONE_PAGE = ("cursor", "deleted")
"""The parameters that do not filter plays: they concern a single page."""


class HistoryQuery(Schema):
    """The query of the screen: which plays are shown, and where the page begins."""

    q: SafeStr | None = None
    source: LogName | None = None
    artist: SafeText | None = None
    album: SafeStr | None = None
    track: SafeStr | None = None
    period: SafeStr | None = None
    hour: Annotated[int, Field(ge=0, le=23)] | None = None
    weekday: Annotated[int, Field(ge=1, le=7)] | None = None
    day: date | None = None
    order: ListenOrder = ListenOrder.NEWEST
    cursor: SafeText | None = None
    deleted: Annotated[int, Field(ge=1)] | None = None
    """The number of plays that were just deleted, after a redirect."""

    def wanted(self, zone: ZoneInfo) -> ListenFilter:
        """The filter of the plays. Raises `UnknownPeriod`."""
        today = datetime.now(UTC).astimezone(zone).date()
        period = None if self.period is None else Period.parse(self.period, today)
        return ListenFilter(
            source=self.source,
            period=period,
            zone=zone,
            artist=self.artist,
            text=self.q,
            album=self.album,
            track=self.track,
            hour=self.hour,
            weekday=self.weekday,
        )

    @property
    def began(self) -> str | None:
        """When the shown plays began, in words; None if hour and weekday do not matter."""
        if self.hour is None and self.weekday is None:
            return None
        at = "" if self.hour is None else f" from {hour(self.hour)}"
        on = "" if self.weekday is None else f" on a {WEEKDAYS[self.weekday - 1]}"
        return f"began{on}{at}"


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
    request: Request, screen: ScreenDep, user: User, listens: ListenServiceDep
) -> Response:
    """Show plays, ordered by their start."""
    zone = parse_zone(user.time_zone)
    form = read_query(request, HistoryQuery)
    days: list[tuple[date, list[Row]]] = []
    next_page = only = began = deleted = None
    async with form.attempt():
        asked = form.value
        page = await listens.list_listens(
            user.id,
            asked.wanted(zone),
            PLAYS_A_PAGE,
            asked.cursor,
            asked.order,
            asked.day,
        )
        days = _by_day(page.items, zone)
        only, began = _only(asked, page.items), asked.began
        deleted = asked.deleted
        if page.next_cursor:
            next_page = _address(
                {**_without(form.given, "deleted"), "cursor": page.next_cursor}
            )
    if form.faults:
        form.problem = None
    return screen.show(
        "pages/history.html",
        form=form,
        days=days,
        next_page=next_page,
        only=only,
        began=began,
        deleted=deleted,
        here=_address(_without(form.given, "deleted")),
        all_times=_address(_without(form.given, *ONE_PAGE, "hour", "weekday")),
        first_page=_address(_without(form.given, *ONE_PAGE)),
        all_plays=_address(_without(form.given, *ONE_PAGE, "artist", "album", "track")),
        sources=await listens.sources(user.id),
        is_filtered=bool(_without(form.given, *ONE_PAGE, "order")),
    )


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


def _only(asked: HistoryQuery, plays: list[ListenRead]) -> str | None:
    """The name of the artist, album or track by which plays are filtered; None without one."""
    first = plays[0] if plays else None
    if asked.track is not None:
        return f"{first.title} by {first.artist}" if first else "one track"
    if asked.album is not None:
        return f"{first.album} by {first.artist}" if first else "one album"
    return asked.artist


def _without(given: Mapping[str, str], *names: str) -> dict[str, str]:
    """The given fields, except these and those that are empty."""
    return {name: text for name, text in given.items() if text and name not in names}


def _address(given: Mapping[str, str]) -> str:
    query = urlencode(_without(given))
    return f"{HISTORY}?{query}" if query else HISTORY
