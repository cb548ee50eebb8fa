"""Endpoints of statistics."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response
from pydantic import StringConstraints

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.http.conditional import NOT_MODIFIED, Conditional
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.history.period import UnknownPeriod
from unwrapped.music.listens.query_parameters import NowDep, PeriodQuery, ZoneDep
from unwrapped.music.statistics.question import (
    Asked,
    NotInHistory,
    Ranking,
    TooManyPoints,
)
from unwrapped.music.statistics.schemas import (
    AlbumRead,
    ArtistRead,
    By,
    Kind,
    Order,
    Ranked,
    SearchResult,
    Series,
    Step,
    Summary,
    TrackRead,
)
from unwrapped.music.statistics.service import StatisticsService, open_statistics
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery
from unwrapped.shared.validators import RequiredStr
from unwrapped.shared.zones import UnknownZone

router = ApiRouter(prefix="/music", tags=["music"])

ASKED = (*SIGNED_IN, UnknownPeriod, UnknownZone)
_ID = StringConstraints(max_length=22, pattern="^[A-Za-z0-9_-]{22}$")
_EXAMPLES = ["9MQZ8tNBjdK2BU2lbs26iQ"]
PublicId = Annotated[
    str,
    _ID,
    Path(description="The id, as in rankings and searches.", examples=_EXAMPLES),
]
_OptionalId = Annotated[str, _ID] | None
ArtistId = Annotated[
    _OptionalId, Query(description="Only items by this artist.", examples=_EXAMPLES)
]
AlbumId = Annotated[
    _OptionalId, Query(description="Only items on this album.", examples=_EXAMPLES)
]
TrackId = Annotated[
    _OptionalId, Query(description="Only this track.", examples=_EXAMPLES)
]


async def get_statistics(
    user: CurrentUser, session: SessionDep, resources: ResourcesDep
) -> StatisticsService:
    """The service for statistics of the caller's current history."""
    return await open_statistics(session, resources, user.id)


StatisticsDep = Annotated[StatisticsService, Depends(get_statistics)]


async def get_asked(now: NowDep, zone: ZoneDep, period: PeriodQuery = "all") -> Asked:
    """The requested period."""
    return Asked.parse(period, zone, now)


AskedDep = Annotated[Asked, Depends(get_asked)]


async def get_ranking(
    kind: Kind,
    by: Annotated[By, Query(description="The measure of the ranking.")] = By.PLAYS,
    order: Annotated[
        Order, Query(description="The order: the most or the least first.")
    ] = Order.MOST,
    artist: ArtistId = None,
    album: AlbumId = None,
) -> Ranking:
    """The requested ranking."""
    return Ranking(kind, by, order, artist, album)


RankingDep = Annotated[Ranking, Depends(get_ranking)]


async def get_reply(
    request: Request, statistics: StatisticsDep, now: NowDep, zone: ZoneDep
) -> Conditional:
    """A response that can be cached until the history, the corrections or the day change."""
    today = now.astimezone(zone).date()
    return Conditional(request, statistics.etag(request.url, zone.key, today))


ReplyDep = Annotated[Conditional, Depends(get_reply)]


@router.get(
    "/stats/summary",
    response_model=Summary,
    responses=NOT_MODIFIED | problems(*ASKED),
)
async def read_summary(
    asked: AskedDep, statistics: StatisticsDep, reply: ReplyDep
) -> Response:
    """The totals of a period and of the previous one.

    They are counted as in the portrait: over plays; by the start of a listen, in the time
    zone `tz` or that of the account. Time is the union of the intervals of all listens.
    """
    return await reply.json(lambda: statistics.summary(asked))


@router.get(
    "/stats/top/{kind}",
    response_model=Page[Ranked],
    responses=NOT_MODIFIED | problems(*ASKED, BadCursor, NotInHistory),
)
async def read_top(
    asked: AskedDep,
    ranking: RankingDep,
    statistics: StatisticsDep,
    reply: ReplyDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Response:
    """The artists, albums or tracks of a period, ranked by plays or time.

    The ranking has all with a play in the period, and albums as far as a source names
    them.
    """
    return await reply.json(lambda: statistics.top(asked, ranking, limit, cursor))


@router.get(
    "/stats/series",
    response_model=Series,
    responses=NOT_MODIFIED | problems(*ASKED, NotInHistory, TooManyPoints),
)
async def read_series(
    asked: AskedDep,
    statistics: StatisticsDep,
    reply: ReplyDep,
    by: Annotated[Step, Query(description="The steps of the series.")] = Step.DAY,
    artist: ArtistId = None,
    album: AlbumId = None,
    track: TrackId = None,
) -> Response:
    """Plays and time for each step, of all listens or of one artist, album or track.

    A listen belongs to the step in which it starts. Weeks begin on Monday; a calendar has
    days in whole weeks. The steps reach from the first to the last day of the period, but
    none is after both today and the last listen; for `all`, they reach from the first to
    the last listen. A series has at most 10,000 points.
    """
    names = {"artist": artist, "album": album, "track": track}
    return await reply.json(lambda: statistics.series(asked, by, **names))


@router.get(
    "/artists/{artist_id}",
    response_model=ArtistRead,
    responses=NOT_MODIFIED | problems(*ASKED, NotInHistory),
)
async def read_artist(
    artist_id: PublicId, asked: AskedDep, statistics: StatisticsDep, reply: ReplyDep
) -> Response:
    """One artist: its rank, plays and time, its years, and its most played tracks and
    albums.
    """
    return await reply.json(lambda: statistics.artist(asked, artist_id))


@router.get(
    "/albums/{album_id}",
    response_model=AlbumRead,
    responses=NOT_MODIFIED | problems(*ASKED, NotInHistory),
)
async def read_album(
    album_id: PublicId, asked: AskedDep, statistics: StatisticsDep, reply: ReplyDep
) -> Response:
    """One album: its rank, plays and time, its years, and its most played tracks."""
    return await reply.json(lambda: statistics.album(asked, album_id))


@router.get(
    "/tracks/{track_id}",
    response_model=TrackRead,
    responses=NOT_MODIFIED | problems(*ASKED, NotInHistory),
)
async def read_track(
    track_id: PublicId, asked: AskedDep, statistics: StatisticsDep, reply: ReplyDep
) -> Response:
    """One track: its rank, plays and time, its years, and its albums."""
    return await reply.json(lambda: statistics.track(asked, track_id))


@router.get(
    "/search",
    response_model=SearchResult,
    responses=NOT_MODIFIED | problems(*SIGNED_IN, UnknownZone),
)
async def search(
    q: Annotated[
        RequiredStr, Query(description="A part of a name.", examples=["tide"])
    ],
    zone: ZoneDep,
    statistics: StatisticsDep,
    reply: ReplyDep,
) -> Response:
    """Artists, albums and tracks with a text in their name, the most played first.

    The text may be anywhere in the name; case and accents are ignored. At most twenty of
    each kind are returned.
    """
    return await reply.json(lambda: statistics.search(zone, q))
