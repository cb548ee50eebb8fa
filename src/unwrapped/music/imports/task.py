"""The task that imports uploads: read in a thread, merged in one transaction."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select
from sqlmodel import col

from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.imports.params import ImportParams
from unwrapped.music.settings import MusicSettings
from unwrapped.music.store.planner_statistics import note_import
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.receiving import UploadGone
from unwrapped.music.uploads.service import delete_uploads_of
from unwrapped.tasks.execution.running import RunningTask
from unwrapped.tasks.kinds import task_kind

if TYPE_CHECKING:
    from unwrapped.music.history.building import PreparedUpload

READING, STORING = "reading", "storing"
READING_SHARE = 0.6
"""The part of an import's time that reading takes, for the progress."""


@task_kind(
    "music.import",
    ImportParams,
    alone=True,
    loads=(
        "unwrapped.music.store.merge",
        "unwrapped.music.history.building",
        "unwrapped.music.sources.uploads",
    ),
    ended=delete_uploads_of,
)
async def import_uploads(task: RunningTask, params: ImportParams) -> None:
    """Import uploads: all of their listens, or none."""
    # Polars and the parsers are the worker's alone: the web process imports this module.
    from unwrapped.music.store.merge import HistoryMerge

    async with AsyncExitStack() as stack:
        files = []
        for upload in await _uploads(task, params):
            path = await stack.enter_async_context(
                task.resources.objects.file(upload.object_key)
            )
            files.append((path, upload.name))
        prepared = await asyncio.to_thread(_read, task, files)
    async with task.finishing() as finish:
        merge = HistoryMerge(
            finish.session,
            task.user_id,
            lambda share: task.report(
                READING_SHARE + (1 - READING_SHARE) * share, STORING
            ),
        )
        books = msgspec.to_builtins(await merge.merge(prepared))
        finish.session.add(HistoryImport(id=task.id, user_id=task.user_id, books=books))
        finish.result = books["total"]
    await note_import(task.resources.database, books["total"]["stored"])


async def _uploads(task: RunningTask, params: ImportParams) -> list[UploadedFile]:
    """The uploads in the order of their names, as a folder of them would be read."""
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
        raise UploadGone("An upload of this import is not there any more.")
    return uploads


def _read(task: RunningTask, files: list[tuple[Path, str]]) -> "PreparedUpload":
    from unwrapped.music.history.building import prepare_upload
    from unwrapped.music.sources.containers import GivenFile
    from unwrapped.music.sources.limits import Limits
    from unwrapped.music.sources.uploads import read_upload

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
