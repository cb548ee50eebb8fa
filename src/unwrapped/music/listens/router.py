"""Endpoints of stored listens."""

from typing import Annotated

from fastapi import Depends

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import SessionDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.requests import ApiRouter
from unwrapped.music.history.period import Period, UnknownPeriod
from unwrapped.music.listens.queries import (
    ArtistQuery,
    PeriodQuery,
    SourceQuery,
    ZoneQuery,
)
from unwrapped.music.listens.removals import RemovalService
from unwrapped.music.listens.schemas import ListenRead, Removal
from unwrapped.music.listens.service import ListenFilter, ListenService, NothingNamed
from unwrapped.music.store.state import HistoryBusy
from unwrapped.shared.page_queries import CursorQuery, LimitQuery
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.zones import UnknownZone, parse_zone
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.service import TooManyTasks

router = ApiRouter(prefix="/listens")


async def get_listen_service(session: SessionDep) -> ListenService:
    """Stored listens, in the request's transaction."""
    return ListenService(session)


ListenServiceDep = Annotated[ListenService, Depends(get_listen_service)]


async def get_listen_filter(
    user: CurrentUser,
    source: SourceQuery = None,
    period: PeriodQuery | None = None,
    artist: ArtistQuery = None,
    tz: ZoneQuery = None,
) -> ListenFilter:
    """Which listens the caller means."""
    return ListenFilter(
        source=source,
        period=None if period is None else Period.parse(period),
        zone=parse_zone(tz or user.time_zone),
        artist=artist,
    )


ListenFilterDep = Annotated[ListenFilter, Depends(get_listen_filter)]


@router.get("", responses=problems(*SIGNED_IN, BadCursor, UnknownPeriod, UnknownZone))
async def list_listens(
    user: CurrentUser,
    wanted: ListenFilterDep,
    listens: ListenServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ListenRead]:
    """The caller's listens, the latest first."""
    return await listens.list_listens(user.id, wanted, limit, cursor)


async def get_removal_service(
    session: SessionDep, tasks: TaskServiceDep
) -> RemovalService:
    """Removals, in the request's transaction."""
    return RemovalService(session, tasks)


RemovalServiceDep = Annotated[RemovalService, Depends(get_removal_service)]


@router.delete(
    "",
    responses=problems(
        *SIGNED_IN, NothingNamed, UnknownPeriod, UnknownZone, HistoryBusy, TooManyTasks
    ),
)
async def delete_listens(
    user: CurrentUser, wanted: ListenFilterDep, removals: RemovalServiceDep
) -> Removal:
    """Remove a source, a period, an artist, or what fits all that is given.

    Up to 1,000 listens are removed at once, more by the task that is answered.
    """
    return await removals.remove(user.id, wanted)
