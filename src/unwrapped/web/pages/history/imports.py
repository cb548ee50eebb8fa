"""Screens of imports: waiting files, running imports, and the books of earlier ones."""

from uuid import UUID

import msgspec
from fastapi import Request, Response

from unwrapped.core.dependencies import SessionDep
from unwrapped.music.history.books import Books
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.imports.router import ImportRemovalsDep, ImportServiceDep
from unwrapped.music.imports.schemas import MOST_UPLOADS
from unwrapped.music.imports.service import ImportService
from unwrapped.music.uploads.router import UploadServiceDep
from unwrapped.music.uploads.service import UploadService
from unwrapped.shared.pagination_parameters import CursorQuery
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.service import TaskNotFound, TaskService
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import IMPORT, import_of
from unwrapped.web.pages.screen import Screen, ScreenDep, User, screen_router
from unwrapped.web.pages.tasks import IMPORT as KIND
from unwrapped.web.pages.tasks import NoFields, is_active, stages

router = screen_router()

IMPORTS_A_PAGE = 20
RECENT = 20


class _Overview:
    """Reads the data of the screen for each answer, and shows it."""

    def __init__(
        self, imports: ImportService, uploads: UploadService, tasks: TaskService
    ) -> None:
        self._imports = imports
        self._uploads = uploads
        self._tasks = tasks

    async def show(
        self, screen: Screen, user_id: int, cursor: str | None, form: Form[NoFields]
    ) -> Response:
        waiting = await self._uploads.list_uploads(user_id, MOST_UPLOADS, None)
        recent = await self._tasks.list_tasks(user_id, RECENT, None, KIND)
        earlier = await self._imports.list_imports(user_id, IMPORTS_A_PAGE, cursor)
        return screen.show(
            "pages/imports.html",
            form=form,
            uploads=[one for one in waiting.rows if one.task_id is None],
            active=[task for task in recent.items if is_active(task)],
            failed=[task for task in recent.items if task.retryable],
            imports=[(one, read_books(one)) for one in earlier.rows],
            next_cursor=earlier.next_cursor,
        )


def read_books(row: HistoryImport) -> Books:
    """The books of an import."""
    return msgspec.convert(row.books, Books)


@router.get(IMPORT)
async def show_imports(
    screen: ScreenDep,
    user: User,
    imports: ImportServiceDep,
    uploads: UploadServiceDep,
    tasks: TaskServiceDep,
    cursor: CursorQuery = None,
) -> Response:
    """Show the files that wait, running and failed imports, and earlier ones."""
    overview = _Overview(imports, uploads, tasks)
    return await overview.show(screen, user.id, cursor, Form())


@router.post(IMPORT)
async def begin_import(
    request: Request,
    screen: ScreenDep,
    user: User,
    session: SessionDep,
    imports: ImportServiceDep,
    uploads: UploadServiceDep,
    tasks: TaskServiceDep,
) -> Response:
    """Begin an import of all files that wait."""
    form = await read_form(request, NoFields)
    async with form.attempt(session):
        waiting = await uploads.list_uploads(user.id, MOST_UPLOADS, None)
        ids = [
            one.id
            for one in waiting.rows
            if one.task_id is None and one.receiving_at is None
        ]
        if ids:
            task = await imports.begin(user.id, ids)
            return redirect(import_of(task.id))
    return await _Overview(imports, uploads, tasks).show(screen, user.id, None, form)


@router.post(IMPORT + "/uploads/{upload_id}/delete")
async def delete_upload(
    upload_id: UUID, user: User, uploads: UploadServiceDep
) -> Response:
    """Delete a file that waits."""
    await uploads.delete(user.id, upload_id)
    return redirect(IMPORT, "upload_deleted")


@router.get(IMPORT + "/{task_id}")
async def show_import(
    task_id: UUID,
    screen: ScreenDep,
    user: User,
    imports: ImportServiceDep,
    tasks: TaskServiceDep,
) -> Response:
    """Show the progress of an import, or when it is done its books. Raises `TaskNotFound`."""
    done = await imports.find_import(user.id, task_id)
    if done is not None:
        return screen.show("pages/import_done.html", done=done, books=read_books(done))
    task = await tasks.poll_task(user.id, task_id)
    if task.kind != KIND or task.status is TaskStatus.COMPLETED:
        raise TaskNotFound
    return screen.show("pages/import_task.html", task=task, stages=stages())


@router.get(IMPORT + "/{import_id}/remove")
async def ask_about_removal(
    import_id: UUID, screen: ScreenDep, user: User, removals: ImportRemovalsDep
) -> Response:
    """Show how many plays would be removed with an import, before it is removed."""
    form = Form[NoFields]()
    async with form.attempt():
        wanted = await removals.count(user.id, import_id)
        return screen.show("pages/import_removal.html", plays=wanted.listens)
    return screen.show("pages/refused.html", form=form, back=import_of(import_id))


@router.post(IMPORT + "/{import_id}/remove")
async def remove_import(
    request: Request,
    import_id: UUID,
    screen: ScreenDep,
    user: User,
    session: SessionDep,
    removals: ImportRemovalsDep,
) -> Response:
    """Remove an import, with the plays that only this import contains."""
    form = await read_form(request, NoFields)
    async with form.attempt(session):
        begun = await removals.remove(user.id, import_id)
        done = "import_removed" if begun.task is None else "import_removing"
        return redirect(IMPORT, done)
    return screen.show("pages/refused.html", form=form, back=import_of(import_id))
