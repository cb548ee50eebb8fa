"""The screen that finds artists, albums and tracks by a part of their name."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request, Response

from unwrapped.core.schemas import Schema
from unwrapped.music.statistics.schemas import Found, Kind, SearchResult
from unwrapped.music.statistics.search import MOST_FOUND
from unwrapped.shared.validators import SafeStr
from unwrapped.shared.zones import parse_zone
from unwrapped.web.pages.forms import read_query
from unwrapped.web.pages.links import HISTORY, SEARCH, of_history, with_query
from unwrapped.web.pages.screen import ScreenDep, User, screen_router
from unwrapped.web.pages.statistics.dependencies import ScreenStatistics

router = screen_router()

BEHIND: dict[Kind, Callable[[Found], dict[str, str]]] = {
    Kind.ARTISTS: lambda found: {"artist": found.name},
    Kind.ALBUMS: lambda found: {"album": found.id},
    Kind.TRACKS: lambda found: {"track": found.id},
}
"""The filters of the history that select the plays of a result."""


class SearchQuery(Schema):
    """The query of a search."""

    q: SafeStr = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A result and its links."""

    found: Found
    target: str
    artist_target: str
    plays_target: str


@router.get(SEARCH)
async def show_search(
    request: Request, screen: ScreenDep, user: User, statistics: ScreenStatistics
) -> Response:
    """Show the items that have a text in their name."""
    form = read_query(request, SearchQuery)
    found: list[tuple[Kind, list[Row]]] = []
    async with form.attempt():
        text = form.value.q.strip()
        if text:
            zone = parse_zone(user.time_zone)
            found = _rows(await statistics.search(zone, text))
    return screen.show("pages/search.html", form=form, found=found, most=MOST_FOUND)


def _rows(result: SearchResult) -> list[tuple[Kind, list[Row]]]:
    """The results of each kind that has any."""
    kinds = {
        Kind.ARTISTS: result.artists,
        Kind.ALBUMS: result.albums,
        Kind.TRACKS: result.tracks,
    }
    return [
        (kind, [_row(kind, one) for one in found])
        for kind, found in kinds.items()
        if found
    ]


def _row(kind: Kind, found: Found) -> Row:
    return Row(
        found,
        target=of_history(kind, found.id),
        artist_target=of_history(Kind.ARTISTS, found.artist_id),
        plays_target=with_query(HISTORY, BEHIND[kind](found)),
    )
