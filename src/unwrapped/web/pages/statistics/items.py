"""The screen of an artist, album or track: its rank, figures, parts and last plays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Response

from unwrapped.music.history.period import Period
from unwrapped.music.listens.query_parameters import NowDep, PeriodQuery
from unwrapped.music.profile.basis.listening_time import MS_PER_HOUR
from unwrapped.music.profile.volume import Month
from unwrapped.music.statistics.question import Asked, NotInHistory
from unwrapped.music.statistics.schemas import Kind, Point, Portrayed, Series, Step
from unwrapped.music.statistics.service import StatisticsService
from unwrapped.shared.zones import parse_zone
from unwrapped.web.drawing.figures import Figure, months_figure
from unwrapped.web.drawing.years import years_figure
from unwrapped.web.pages.forms import redirect
from unwrapped.web.pages.links import ALBUMS, ARTISTS, TRACKS, of_history, plays_of
from unwrapped.web.pages.screen import Screen, ScreenDep, User, screen_router
from unwrapped.web.pages.statistics.dependencies import ScreenStatistics, count_plays
from unwrapped.web.wording import during

router = screen_router()

LAST_PLAYS = 10


async def get_all_time(user: User, now: NowDep) -> Asked:
    """The whole history, in the zone of the account."""
    return Asked.parse("all", parse_zone(user.time_zone), now)


AllTime = Annotated[Asked, Depends(get_all_time)]


@dataclass(frozen=True, slots=True)
class _Shown:
    """How items of a kind are queried and shown."""

    title: str
    template: str
    name: str
    """The name of the parameter that selects an item in series and filters."""


_SHOWN = {
    Kind.ARTISTS: _Shown("Artist", "pages/artist.html", "artist"),
    Kind.ALBUMS: _Shown("Album", "pages/album.html", "album"),
    Kind.TRACKS: _Shown("Track", "pages/track.html", "track"),
}


@dataclass(frozen=True, slots=True)
class Also:
    """Another item that corrections count as this one, and the query of its plays."""

    name: str
    query: dict[str, str]


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """The plays of an item in the period from which the reader comes."""

    plays: int
    when: str
    """The period in words: `in 2023`."""

    target: str
    """The address of the plays."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Shows single artists, albums and tracks of a person's history."""

    screen: Screen
    asked: Asked
    statistics: StatisticsService
    period: str = "all"
    """The period from which the reader comes, as it is written in the address."""

    async def show(self, kind: Kind, public_id: str) -> Response:
        """Show an item, or redirect to the item that it counts as. Raises `NotInHistory`."""
        try:
            found = await self._read(kind, public_id)
        except NotInHistory:
            return await self._show_elsewhere(kind, public_id)
        shown = _SHOWN[kind]
        only = {shown.name: public_id}
        series = await self.statistics.series(self.asked, Step.MONTH, **only)
        sources = await self.statistics.sources(kind, public_id)
        others = [one for one in sources if one.id != public_id]
        return self.screen.show(
            shown.template,
            found=found,
            meanwhile=await self._meanwhile(kind, public_id, found),
            figures=_figures(series, self._listed(kind, public_id, found)),
            plays=await self.statistics.last_plays(
                self.asked, kind, public_id, LAST_PLAYS
            ),
            also=[
                Also(
                    one.name if kind is Kind.ARTISTS else f"{one.name} by {one.artist}",
                    {shown.name: one.name if kind is Kind.ARTISTS else one.id},
                )
                for one in others
            ],
        )

    async def _meanwhile(
        self, kind: Kind, public_id: str, found: Portrayed
    ) -> Meanwhile | None:
        """The plays in the period of the address; None for all time."""
        days = Period.parse(self.period, self.asked.today)
        if days == Period():
            return None
        asked = replace(self.asked, period=days)
        only = {_SHOWN[kind].name: public_id}
        plays = await count_plays(self.statistics, asked, only)
        of = self._listed(kind, public_id, found)
        return Meanwhile(plays or 0, during(days), plays_of(str(days), **of))

    @staticmethod
    def _listed(kind: Kind, public_id: str, found: Portrayed) -> dict[str, str]:
        """The filter of the history for an item: an artist is selected by name."""
        by = found.name if kind is Kind.ARTISTS else public_id
        return {_SHOWN[kind].name: by}

    async def _read(self, kind: Kind, public_id: str) -> Portrayed:
        match kind:
            case Kind.ARTISTS:
                return await self.statistics.artist(self.asked, public_id)
            case Kind.ALBUMS:
                return await self.statistics.album(self.asked, public_id)
            case Kind.TRACKS:
                return await self.statistics.track(self.asked, public_id)

    async def _show_elsewhere(self, kind: Kind, public_id: str) -> Response:
        found = await self.statistics.whereabouts(kind, public_id)
        if found is None:
            raise NotInHistory
        if len(found.counted) == 1:
            period = "" if self.period == "all" else self.period
            return redirect(of_history(kind, found.counted[0].id, period))
        return self.screen.show(
            "pages/counted_elsewhere.html",
            found=found,
            kind=_SHOWN[kind].title,
            root=f"/{kind}",
        )


async def get_catalogue(
    screen: ScreenDep,
    asked: AllTime,
    statistics: ScreenStatistics,
    period: PeriodQuery = "all",
) -> Catalogue:
    """The screens of the caller's history."""
    return Catalogue(screen, asked, statistics, period)


CatalogueDep = Annotated[Catalogue, Depends(get_catalogue)]


@router.get(ARTISTS + "/{artist_id}")
async def show_artist(artist_id: str, catalogue: CatalogueDep) -> Response:
    """Show an artist. Raises `NotInHistory`."""
    return await catalogue.show(Kind.ARTISTS, artist_id)


@router.get(ALBUMS + "/{album_id}")
async def show_album(album_id: str, catalogue: CatalogueDep) -> Response:
    """Show an album. Raises `NotInHistory`."""
    return await catalogue.show(Kind.ALBUMS, album_id)


@router.get(TRACKS + "/{track_id}")
async def show_track(track_id: str, catalogue: CatalogueDep) -> Response:
    """Show a track. Raises `NotInHistory`."""
    return await catalogue.show(Kind.TRACKS, track_id)


def _figures(series: Series, of: Mapping[str, str]) -> list[Figure]:
    """The figures of years and months: none without a play, no years if there is only one.

    They link to the plays of the item; `of` is its filter.
    """
    months = [month_of(point) for point in _between_plays(series.points)]
    if not months:
        return []
    several = months[0].month.year != months[-1].month.year
    figure = months_figure(months, lambda first: plays_of(f"{first:%Y-%m}", **of))
    if not several:
        return [figure]
    return [years_figure(months, lambda year: plays_of(f"{year:04}", **of)), figure]


def _between_plays(points: list[Point]) -> list[Point]:
    """The points from the first one with a play to the last one."""
    played = [number for number, point in enumerate(points) if point.plays]
    return points[played[0] : played[-1] + 1] if played else []


def month_of(point: Point) -> Month:
    """The month of a point of a series by month."""
    begin = point.start
    if begin is None or isinstance(begin, datetime):
        raise TypeError(f"a month begins with a day, not at {begin}")
    return Month(
        month=date(begin.year, begin.month, 1),
        plays=point.plays,
        hours=None if point.ms is None else point.ms / MS_PER_HOUR,
        known_share=point.known_share,
    )
