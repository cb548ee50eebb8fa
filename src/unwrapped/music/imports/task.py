"""The task that imports uploads: it reads files in a thread and merges in a transaction."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.imports.params import ImportParams
from unwrapped.music.read_model.copies import write_copy
from unwrapped.music.settings import MusicSettings
from unwrapped.music.store.planner_statistics import note_import
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.receiving import UploadGone
from unwrapped.music.uploads.service import delete_uploads_of
from unwrapped.tasks.execution.running_task import Finish, RunningTask
from unwrapped.tasks.kinds import task_kind

if TYPE_CHECKING:
    from unwrapped.music.history.books import Books
    from unwrapped.music.history.building import PreparedUpload
    from unwrapped.music.imports.known_contents import KnownImport

READING, STORING = "reading", "storing"
READING_SHARE = 0.6
"""The share of the progress of an import that is reached by reading."""


@task_kind(
    "music.import",
    ImportParams,
    alone=True,
    loads=(
        "unwrapped.music.imports.warnings",
        "unwrapped.music.store.merge",
        "unwrapped.music.read_model.encoding",
        "unwrapped.music.read_model.from_database",
        "unwrapped.music.history.building",
        "unwrapped.music.sources.upload_reading",
    ),
    ended=delete_uploads_of,
)
async def import_uploads(task: RunningTask, params: ImportParams) -> None:
    """Import uploads: all of their listens, or none."""
    uploads = await _uploads(task, params)
    if await _is_known(task, uploads):
        return
    async with AsyncExitStack() as stack:
        files = []
        for upload in uploads:
            path = await stack.enter_async_context(
                task.resources.objects.file(upload.object_key)
            )
            files.append((path, upload.name))
        prepared = await asyncio.to_thread(_read, task, files)
    stored = await _store(task, prepared, uploads)
    await note_import(task.resources.database, stored)
    await write_copy(task.resources, task.user_id)


async def _is_known(task: RunningTask, uploads: list[UploadedFile]) -> bool:
    """Finish an import whose bytes are known; return whether they are."""
    from unwrapped.music.imports.known_contents import known_import
    from unwrapped.music.store.state import lock_history

    async with task.resources.database.session() as session:
        if await known_import(session, task.user_id, uploads) is None:
            return False
    try:
        async with task.finishing() as finish:
            await lock_history(finish.session, task.user_id)
            known = _still_known(
                await known_import(finish.session, task.user_id, uploads)
            )
            books = await _still_warned(finish.session, task.user_id, known.books)
            await _note(task, finish, books, known.records, uploads)
    except _RemovedMeanwhile:
        return False
    return True


def _still_known(known: "KnownImport | None") -> "KnownImport":
    if known is None:
        raise _RemovedMeanwhile
    return known


async def _store(
    task: RunningTask, prepared: "PreparedUpload", uploads: list[UploadedFile]
) -> int:
    """Merge, and finish the import; return the number of new listens."""
    # Imported here, since web processes import this module and need no Polars.
    from unwrapped.music.imports.stored_books import books_of_imports
    from unwrapped.music.imports.warnings import with_warnings
    from unwrapped.music.store.merge import HistoryMerge

    async with task.finishing() as finish:
        merge = HistoryMerge(
            finish.session,
            task.user_id,
            lambda share: task.report(
                READING_SHARE + (1 - READING_SHARE) * share, STORING
            ),
        )
        merged = await merge.merge(prepared)
        earlier = await books_of_imports(finish.session, task.user_id)
        books = with_warnings(merged.books, prepared, earlier)
        await _note(task, finish, books, merged.records, uploads)
    return books.total.stored


async def _still_warned(session: AsyncSession, user_id: int, books: "Books") -> "Books":
    from unwrapped.music.imports.stored_books import books_of_imports
    from unwrapped.music.imports.warnings import still_warned

    return still_warned(books, await books_of_imports(session, user_id))


async def _note(
    task: RunningTask,
    finish: Finish,
    books: "Books",
    records: str,
    uploads: list[UploadedFile],
) -> None:
    """Store the import in the transaction that stores its listens."""
    from unwrapped.music.imports.known_contents import note_records

    kept = msgspec.to_builtins(books)
    noted = HistoryImport(id=task.id, user_id=task.user_id, books=kept)
    finish.session.add(noted)
    await note_records(finish.session, noted, records, uploads)
    finish.result = kept["total"]


class _RemovedMeanwhile(Exception):
    """Listens were removed between the check and the lock."""


async def _uploads(task: RunningTask, params: ImportParams) -> list[UploadedFile]:
    """The uploads in the order of their names, in which a folder would be read."""
    async with task.resources.database.session() as session:
        found = await session.scalars(
            select(UploadedFile)
            .where(
                col(UploadedFile.user_id) == task.user_id,
                col(UploadedFile.id).in_(params.uploads),
            )
            .order_by(col(UploadedFile.name), col(UploadedFile.id))
        )
        uploads = list(found)
    if len(uploads) < len(params.uploads):
        raise UploadGone("An upload of this import no longer exists.")
    return uploads


def _read(task: RunningTask, files: list[tuple[Path, str]]) -> "PreparedUpload":
    from unwrapped.music.history.building import prepare_upload
    from unwrapped.music.sources.containers import GivenFile
    from unwrapped.music.sources.limits import Limits
    from unwrapped.music.sources.upload_reading import read_upload

    settings = task.resources.settings_of(MusicSettings)
    upload = read_upload(
        [GivenFile(path, name) for path, name in files],
        Limits(
            total_bytes=settings.unpacked_max_bytes,
            entries=settings.zip_max_entries,
            directory_bytes=settings.zip_directory_max_bytes,
            rows=settings.import_max_rows,
            names_characters=settings.import_max_name_characters,
        ),
        lambda done, total: task.report(READING_SHARE * done / max(total, 1), READING),
    )
    return prepare_upload(upload)
