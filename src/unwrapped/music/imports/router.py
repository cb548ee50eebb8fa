"""Endpoints of imports."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import SessionDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.imports.removals import (
    ImportHasNoRecords,
    ImportNotFound,
    ImportRemovalService,
)
from unwrapped.music.imports.schemas import ImportCreate, ImportRead
from unwrapped.music.imports.service import ImportService, UploadInUse
from unwrapped.music.listens.schemas import Removal
from unwrapped.music.store.state import HistoryBusy
from unwrapped.music.uploads.service import UploadNotFound
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TooManyTasks

router = ApiRouter(prefix="/music/imports", tags=["music"])


async def get_import_service(
    session: SessionDep, tasks: TaskServiceDep
) -> ImportService:
    """The service for imports, in the transaction of the request."""
    return ImportService(session, tasks)


ImportServiceDep = Annotated[ImportService, Depends(get_import_service)]


@router.post(
    "",
    status_code=202,
    responses=problems(*SIGNED_IN, UploadNotFound, UploadInUse, TooManyTasks),
)
async def begin_import(
    new: ImportCreate, user: CurrentUser, imports: ImportServiceDep
) -> TaskRead:
    """Begin to import uploads together: all of them, or none.

    Follow the task at `/tasks/{id}`. A repeated request returns the same task while it
    is under way.
    """
    return await imports.begin(user.id, new.uploads)


async def get_import_removals(
    session: SessionDep, tasks: TaskServiceDep
) -> ImportRemovalService:
    """The service for removals of imports, in the transaction of the request."""
    return ImportRemovalService(session, tasks)


ImportRemovalsDep = Annotated[ImportRemovalService, Depends(get_import_removals)]


@router.get(
    "/{import_id}/removal",
    responses=problems(*SIGNED_IN, ImportNotFound, ImportHasNoRecords),
)
async def count_removal(
    import_id: UUID, user: CurrentUser, removals: ImportRemovalsDep
) -> Removal:
    """How many listens would be removed with an import: those that no other import has."""
    return await removals.count(user.id, import_id)


@router.delete(
    "/{import_id}",
    responses=problems(
        *SIGNED_IN, ImportNotFound, ImportHasNoRecords, HistoryBusy, TooManyTasks
    ),
)
async def remove_import(
    import_id: UUID, user: CurrentUser, removals: ImportRemovalsDep
) -> Removal:
    """Remove an import with the listens that no other import has.

    Up to 1,000 listens are removed at once, more by the returned task.
    """
    return await removals.remove(user.id, import_id)


@router.get("", responses=problems(*SIGNED_IN, BadCursor))
async def list_imports(
    user: CurrentUser,
    imports: ImportServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ImportRead]:
    """The caller's completed imports, the latest first, each with its books."""
    page = await imports.list_imports(user.id, limit, cursor)
    return page.of(ImportRead.model_validate)
