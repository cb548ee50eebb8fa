"""Endpoints of stored listens."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

from fastapi import Depends
from fastapi.responses import StreamingResponse

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser, ExportingUser
from unwrapped.auth.export import ExportRunning
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.history.period import Period, UnknownPeriod
from unwrapped.music.listens.exporting import (
    EXPORTED,
    ExportFormat,
    ListenExport,
    open_listens,
)
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.query_parameters import (
    ArtistQuery,
    DayQuery,
    DryRunQuery,
    FormatQuery,
    NowDep,
    OrderQuery,
    PeriodQuery,
    SourceQuery,
    TextQuery,
    ZoneDep,
)
from unwrapped.music.listens.removal_selection import NothingNamed
from unwrapped.music.listens.removals import RemovalService
from unwrapped.music.listens.schemas import ListenRead, Removal
from unwrapped.music.listens.service import (
    ListenOrder,
    ListenService,
)
from unwrapped.music.store.state import HistoryBusy
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery
from unwrapped.shared.zones import UnknownZone
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.service import TooManyTasks

router = ApiRouter(prefix="/music/listens", tags=["music"])


async def get_listen_service(session: SessionDep) -> ListenService:
    """The service for listens, in the transaction of the request."""
    return ListenService(session)


ListenServiceDep = Annotated[ListenService, Depends(get_listen_service)]


async def get_listen_filter(
    now: NowDep,
    zone: ZoneDep,
    source: SourceQuery = None,
    period: PeriodQuery | None = None,
    artist: ArtistQuery = None,
) -> ListenFilter:
    """The filter in the query of a request."""
    today = now.astimezone(zone).date()
    return ListenFilter(
        source=source,
        period=None if period is None else Period.parse(period, today),
        zone=zone,
        artist=artist,
    )


ListenFilterDep = Annotated[ListenFilter, Depends(get_listen_filter)]


async def get_listen_export(
    user: ExportingUser,
    resources: ResourcesDep,
    form: FormatQuery = ExportFormat.NDJSON,
) -> AsyncIterator[ListenExport]:
    """The export of the caller's listens, which ends with the response."""
    async with open_listens(resources, user.id, form) as export:
        yield export


ListenExportDep = Annotated[ListenExport, Depends(get_listen_export)]


@router.get("", responses=problems(*SIGNED_IN, BadCursor, UnknownPeriod, UnknownZone))
async def list_listens(
    user: CurrentUser,
    wanted: ListenFilterDep,
    listens: ListenServiceDep,
    q: TextQuery = None,
    order: OrderQuery = ListenOrder.NEWEST,
    day: DayQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ListenRead]:
    """The caller's listens by their start, including those that do not count."""
    wanted = replace(wanted, text=q)
    return await listens.list_listens(user.id, wanted, limit, cursor, order, day)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses=problems(*SIGNED_IN, ExportRunning) | EXPORTED,
)
async def export_listens(export: ListenExportDep) -> StreamingResponse:
    """Stream all listens of the caller by their start, as JSON lines or CSV.

    A personal token needs the scope `export`. In CSV, a name that a spreadsheet could
    read as a formula is prefixed with an apostrophe.
    """
    return StreamingResponse(
        export.pieces, media_type=export.media_type, headers=export.headers
    )


async def get_removal_service(
    session: SessionDep, tasks: TaskServiceDep
) -> RemovalService:
    """The service for removals, in the transaction of the request."""
    return RemovalService(session, tasks)


RemovalServiceDep = Annotated[RemovalService, Depends(get_removal_service)]


@router.delete(
    "",
    responses=problems(
        *SIGNED_IN, NothingNamed, UnknownPeriod, UnknownZone, HistoryBusy, TooManyTasks
    ),
)
async def delete_listens(
    user: CurrentUser,
    wanted: ListenFilterDep,
    removals: RemovalServiceDep,
    *,
    dry_run: DryRunQuery = False,
) -> Removal:
    """Remove the listens that match all given parameters: a source, a period, an artist.

    Up to 1,000 listens are removed at once, more by the returned task. With `dry_run`,
    the listens are only counted.
    """
    return await removals.remove(user.id, wanted, dry_run=dry_run)
