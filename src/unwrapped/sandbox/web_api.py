"""Spotify's Web API: the profile, the favourites and the last plays of a listener."""

from collections.abc import Awaitable, Callable, Sequence
from typing import get_args

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from unwrapped.sandbox.clients import Place
from unwrapped.sandbox.grants import Grant
from unwrapped.sandbox.library import (
    Play,
    TimeRange,
    recent_plays,
    top_artists,
    top_tracks,
)
from unwrapped.sandbox.objects import (
    Json,
    artist_object,
    listener_object,
    milliseconds,
    play_object,
    track_object,
)
from unwrapped.sandbox.state import provoked, sandbox_of

type View = Callable[[Request, Grant], Json]
type Handler = Callable[[Request], Awaitable[Response]]

LONGEST_NUMBER = 18

DEFAULT_LIMIT, MOST_ITEMS = 20, 50


class ApiRefused(Exception):
    """An error of the API."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def endpoint(view: View, scope: str | None = None) -> Handler:
    """Return a handler that requires a valid token with the scope for the view."""

    async def answer(request: Request) -> Response:
        grant = _caller(request)
        wrong = await provoked(request, grant, Place.API)
        if wrong is not None:
            return wrong
        if scope is not None and scope not in grant.scopes:
            raise ApiRefused(403, "Insufficient client scope")
        return JSONResponse(view(request, grant))

    return answer


def profile(request: Request, grant: Grant) -> Json:
    """GET /v1/me."""
    return listener_object(str(request.base_url), grant.listener)


def favourite_artists(request: Request, grant: Grant) -> Json:
    """GET /v1/me/top/artists."""
    time_range = _time_range(request)
    artists = top_artists(grant.listener, time_range)
    return _page(request, time_range, artists, artist_object)


def favourite_tracks(request: Request, grant: Grant) -> Json:
    """GET /v1/me/top/tracks."""
    time_range = _time_range(request)
    tracks = top_tracks(grant.listener, time_range)
    return _page(request, time_range, tracks, track_object)


def _page[T](
    request: Request,
    time_range: TimeRange,
    everything: Sequence[T],
    render: Callable[[str, T], Json],
) -> Json:
    """The requested page of a list, with links to the others."""
    limit = _number(request, "limit", DEFAULT_LIMIT, 1, MOST_ITEMS)
    offset = _number(request, "offset", 0, 0, 10**LONGEST_NUMBER)
    total = len(everything)

    def at(offset: int) -> str:
        return _address(request, time_range=time_range, limit=limit, offset=offset)

    items = everything[offset : offset + limit]
    return {
        "items": [render(str(request.base_url), one) for one in items],
        "total": total,
        "limit": limit,
        "offset": offset,
        "href": at(offset),
        "next": at(offset + limit) if offset + limit < total else None,
        "previous": at(max(0, offset - limit)) if offset else None,
    }


def recently_played(request: Request, grant: Grant) -> Json:
    """GET /v1/me/player/recently-played: newest first, of the last fifty plays."""
    limit = _number(request, "limit", DEFAULT_LIMIT, 1, MOST_ITEMS)
    after, before = (_cursor(request, name) for name in ("after", "before"))
    if after is not None and before is not None:
        raise ApiRefused(400, "Only one of after and before can be given")
    plays = recent_plays(grant.listener, sandbox_of(request).config.clock())
    if after is not None:
        plays = [play for play in plays if _at(play) > after]
        page = plays[-limit:]
    else:
        plays = [play for play in plays if before is None or _at(play) < before]
        page = plays[:limit]
    cursors, onward = None, None
    if page:
        cursors = {"after": str(_at(page[0])), "before": str(_at(page[-1]))}
    if cursors and len(page) < len(plays):
        way = "before" if after is None else "after"
        onward = _address(request, limit=limit, **{way: cursors[way]})
    return {
        "items": [play_object(str(request.base_url), play) for play in page],
        "next": onward,
        "cursors": cursors,
        "limit": limit,
        "href": str(request.url.include_query_params(limit=limit)),
    }


def _caller(request: Request) -> Grant:
    """The grant of the token. Raises `ApiRefused`."""
    header = request.headers.get("Authorization")
    if header is None:
        raise ApiRefused(401, "No token provided")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise ApiRefused(400, "Only valid bearer authentication supported")
    found = sandbox_of(request).grants.of_access_token(token)
    if found is None:
        raise ApiRefused(401, "Invalid access token")
    grant, is_good = found
    if not is_good:
        raise ApiRefused(401, "The access token expired")
    return grant


def _address(request: Request, **query: object) -> str:
    """The address of the request, with another query."""
    return str(request.url.replace(query="").include_query_params(**query))


def _at(play: Play) -> int:
    return milliseconds(play.played_at)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER


def _number(
    request: Request, name: str, default: int, lowest: int, highest: int
) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not _digits(text) or not lowest <= int(text) <= highest:
        raise ApiRefused(400, f"Invalid {name}")
    return int(text)


def _cursor(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not _digits(text):
        raise ApiRefused(400, f"Invalid {name}")
    return int(text)


def _time_range(request: Request) -> TimeRange:
    text = request.query_params.get("time_range", "medium_term")
    known: tuple[TimeRange, ...] = get_args(TimeRange.__value__)
    for one in known:
        if one == text:
            return one
    raise ApiRefused(400, "Invalid time range")
