"""Receives, lists, deletes and sweeps uploads that wait for their import."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from unwrapped.core.exceptions import Conflict, NotFound
from unwrapped.core.process_resources import Resources
from unwrapped.music.settings import MusicSettings
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.receiving import DEAD_AFTER, receive
from unwrapped.shared.pagination import Listing, Rows
from unwrapped.tasks.models import ENDED, BackgroundTask

ORPHANED_AFTER = timedelta(hours=1)
_LISTING = Listing("uploads", (datetime, UUID))


class UploadNotFound(NotFound):
    """The caller has no such upload."""

    code = "upload_not_found"

    def __init__(self) -> None:
        super().__init__(
            "There is no such upload. Uploads are deleted when their import has ended,"
            " or after a while if they are not imported (UPLOADS_KEPT_HOURS)."
        )


class UploadBeingImported(Conflict):
    """The import of the upload is under way."""

    code = "upload_being_imported"

    def __init__(self) -> None:
        super().__init__(
            "The upload is being imported. Cancel the import first, or wait until it has"
            " ended: then the upload is deleted."
        )


class UploadService:
    """Handles uploads in short transactions of its own, since a body can be slow."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    async def receive(
        self,
        user_id: int,
        name: str,
        body: AsyncIterator[bytes],
        announced: int | None = None,
    ) -> UploadedFile:
        """Store a file; `announced` is its size, if known. See `receiving.receive`."""
        return await receive(self._resources, user_id, name, body, announced)

    async def list_uploads(
        self, user_id: int, limit: int, cursor: str | None
    ) -> Rows[UploadedFile]:
        """Uploads, the latest first. Raises `BadCursor`."""
        place = (col(UploadedFile.created_at), col(UploadedFile.id))
        query = select(UploadedFile).where(col(UploadedFile.user_id) == user_id)
        query = _LISTING.newest_first(query, place, limit, cursor)
        async with self._resources.database.session() as session:
            found = list(await session.scalars(query))
        return _LISTING.page(found, limit, lambda row: (row.created_at, row.id))

    async def delete(self, user_id: int, upload_id: UUID) -> None:
        """Delete an upload. If it is being received, that ends with `UploadGone`.

        Raises `UploadNotFound` or `UploadBeingImported`.
        """
        mine = (
            select(UploadedFile)
            .where(
                col(UploadedFile.id) == upload_id, col(UploadedFile.user_id) == user_id
            )
            # An import that begins locks the row as well.
            .with_for_update()
        )
        async with self._resources.database.session() as session:
            upload = await session.scalar(mine)
            if upload is None:
                raise UploadNotFound
            if upload.task_id is not None:
                task = await session.get(BackgroundTask, upload.task_id)
                if task is not None and task.status not in ENDED:
                    raise UploadBeingImported
            await session.delete(upload)
        await self._resources.objects.delete(upload.object_key)


async def delete_uploads_of(resources: Resources, task_id: UUID) -> None:
    """Delete the files of an import that is over. It may be called again."""
    async with resources.database.session() as session:
        found = await session.scalars(
            select(UploadedFile).where(col(UploadedFile.task_id) == task_id)
        )
        uploads = list(found)
    await _delete(resources, uploads)


async def sweep_uploads(resources: Resources) -> int:
    """Delete files whose import is over or never began, and orphans; return their number."""
    now = datetime.now(UTC)
    kept = timedelta(hours=resources.settings_of(MusicSettings).uploads_kept_hours)
    long_ago = now - kept
    # The files of a failed import that may be retried are kept as long as those without
    # an import.
    over = select(col(BackgroundTask.id)).where(
        col(BackgroundTask.status).in_(ENDED),
        ~col(BackgroundTask.retryable) | (col(BackgroundTask.completed_at) < long_ago),
    )
    forgotten = (
        col(UploadedFile.task_id).is_(None)
        & col(UploadedFile.receiving_at).is_(None)
        & (col(UploadedFile.created_at) < long_ago)
    )
    dead = col(UploadedFile.receiving_at) < now - DEAD_AFTER
    async with resources.database.session() as session:
        found = await session.scalars(
            select(UploadedFile).where(
                col(UploadedFile.task_id).in_(over) | forgotten | dead
            )
        )
        stale = list(found)
    await _delete(resources, stale)
    return len(stale) + await _delete_orphans(resources)


async def _delete(resources: Resources, uploads: list[UploadedFile]) -> None:
    """Delete the objects first: a later sweep finds a row that still has to go."""
    for upload in uploads:
        await resources.objects.delete(upload.object_key)
    async with resources.database.session() as session:
        await session.execute(
            delete(UploadedFile).where(
                col(UploadedFile.id).in_([upload.id for upload in uploads])
            )
        )


async def _delete_orphans(resources: Resources) -> int:
    """Delete objects without a row: their process died, or the account was deleted."""
    keys = await resources.objects.keys(ORPHANED_AFTER)
    async with resources.database.session() as session:
        known = {row.hex for row in await session.scalars(select(col(UploadedFile.id)))}
    orphans = [key for key in keys if key not in known]
    for key in orphans:
        await resources.objects.delete(key)
    return len(orphans) + await resources.objects.drop_halves(ORPHANED_AFTER)
