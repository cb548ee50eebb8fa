"""One artist, album or track: its place, its figures, what belongs to it, its last plays."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Response

from unwrapped.music.listens.queries import NowDep
from unwrapped.music.profile.hours import MS_PER_HOUR
from unwrapped.music.profile.volume import Month
from unwrapped.music.statistics.asked import Asked
from unwrapped.music.statistics.schemas import (
    Kind,
    LastPlay,
    Point,
    Portrayed,
    Series,
    Step,
)
from unwrapped.shared.zones import parse_zone
from unwrapped.web.drawing.figures import Figure, months_figure
from unwrapped.web.drawing.years import years_figure
from unwrapped.web.pages.asking import ScreenStatistics
from unwrapped.web.pages.guard import Screen, ScreenDep, User, screen_router
from unwrapped.web.pages.links import ALBUMS, ARTISTS, TRACKS, plays_of

router = screen_router()

LAST_PLAYS = 10


async def get_all_time(user: User, now: NowDep) -> Asked:
    """The whole history, in the zone of the account."""
    return Asked.parse("all", parse_zone(user.time_zone), now)


AllTime = Annotated[Asked, Depends(get_all_time)]


@router.get(ARTISTS + "/{artist_id}")
async def show_artist(
    artist_id: str,
    screen: ScreenDep,
    asked: AllTime,
    statistics: ScreenStatistics,
) -> Response:
    """An artist. Raises `NotInHistory`."""
    found = await statistics.artist(asked, artist_id)
    series = await statistics.series(asked, Step.MONTH, artist=artist_id)
    plays = await statistics.last_plays(asked, Kind.ARTISTS, artist_id, LAST_PLAYS)
    return _show(screen, "pages/artist.html", found, series, plays, artist=found.name)


@router.get(ALBUMS + "/{album_id}")
async def show_album(
    album_id: str,
    screen: ScreenDep,
    asked: AllTime,
    statistics: ScreenStatistics,
) -> Response:
    """An album. Raises `NotInHistory`."""
    found = await statistics.album(asked, album_id)
    series = await statistics.series(asked, Step.MONTH, album=album_id)
    plays = await statistics.last_plays(asked, Kind.ALBUMS, album_id, LAST_PLAYS)
    return _show(screen, "pages/album.html", found, series, plays, album=album_id)


@router.get(TRACKS + "/{track_id}")
async def show_track(
    track_id: str,
    screen: ScreenDep,
    asked: AllTime,
    statistics: ScreenStatistics,
) -> Response:
    """A track. Raises `NotInHistory`."""
    found = await statistics.track(asked, track_id)
    series = await statistics.series(asked, Step.MONTH, track=track_id)
    plays = await statistics.last_plays(asked, Kind.TRACKS, track_id, LAST_PLAYS)
    return _show(screen, "pages/track.html", found, series, plays, track=track_id)


def _show(
    screen: Screen,
    template: str,
    found: Portrayed,
    series: Series,
    plays: list[LastPlay],
    **of: str,
) -> Response:
    figures = _figures(series, of)
    return screen.show(template, found=found, figures=figures, plays=plays)


def _figures(series: Series, of: Mapping[str, str]) -> list[Figure]:
    """Years and months; none without a play, and no years where there is one only.

    Each leads to its plays `of` what the page is of.
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
    """The points from the first with a play to the last."""
    played = [number for number, point in enumerate(points) if point.plays]
    return points[played[0] : played[-1] + 1] if played else []


def month_of(point: Point) -> Month:
    """A point of a series by month."""
    begin = point.start
    if begin is None or isinstance(begin, datetime):
        raise TypeError(f"a month begins with a day, not at {begin}")
    return Month(
        month=date(begin.year, begin.month, 1),
        plays=point.plays,
        hours=None if point.ms is None else point.ms / MS_PER_HOUR,
        known_share=point.known_share,
    )
