"""Endpoints of imports."""

from typing import Annotated

from fastapi import Depends

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import SessionDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.requests import ApiRouter
from unwrapped.music.imports.schemas import ImportCreate, ImportRead
from unwrapped.music.imports.service import ImportService, UploadInUse
from unwrapped.music.uploads.service import UploadNotFound
from unwrapped.shared.page_queries import CursorQuery, LimitQuery
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TooManyTasks

router = ApiRouter(prefix="/imports")


async def get_import_service(
    session: SessionDep, tasks: TaskServiceDep
) -> ImportService:
    """Imports, in the request's transaction."""
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
    """Begin importing uploads, all of them or none; idempotent while it is under way.

    Follow the task at `/tasks/{id}`.
    """
    return await imports.begin(user.id, new.uploads)


@router.get("", responses=problems(*SIGNED_IN, BadCursor))
async def list_imports(
    user: CurrentUser,
    imports: ImportServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ImportRead]:
    """The caller's imports that ended well, the latest first, each with its books."""
    page = await imports.list_imports(user.id, limit, cursor)
    return page.of(ImportRead.model_validate)
