"""Uploads: streamed into the object store, deleted when their import has ended."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from starlette.requests import ClientDisconnect

from unwrapped.core.exceptions import Conflict, ContentTooLarge, Invalid, NotFound
from unwrapped.core.resources import Resources
from unwrapped.core.security import InvalidToken
from unwrapped.music.settings import MIB, MusicSettings
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.tasks.models import ENDED, BackgroundTask

FORGOTTEN_AFTER = timedelta(hours=24)
ORPHANED_AFTER = timedelta(hours=1)


class UploadTooLarge(ContentTooLarge):
    """The file has more bytes than this server takes."""

    code = "upload_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The file is larger than {limit // MIB:,} MiB, which is what this server"
            " takes (UPLOAD_MAX_BYTES)."
        )


class UploadBroken(Invalid):
    """The connection ended before the file did."""

    code = "upload_broken"


class EmptyUpload(Invalid):
    """The body of the request was empty."""

    code = "empty_upload"


class UploadGone(NotFound):
    """An upload is not there any more."""

    code = "upload_gone"


class TooManyUploads(Conflict):
    """The listener has many uploads that wait already."""

    code = "too_many_uploads"


def require_upload_size(resources: Resources, size: int) -> None:
    """Raises `UploadTooLarge` for a file that says it has more bytes than are taken."""
    limit = resources.settings_of(MusicSettings).upload_max_bytes
    if size > limit:
        raise UploadTooLarge(limit)


class UploadService:
    """Takes files in. It opens short transactions of its own: a body can be slow."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._settings = resources.settings_of(MusicSettings)

    async def receive(
        self, user_id: int, name: str, body: AsyncIterator[bytes]
    ) -> UploadedFile:
        """Store a file. What goes wrong on the way leaves nothing behind.

        Raises `UploadTooLarge`, `UploadBroken`, `EmptyUpload` or `TooManyUploads`, and
        `InvalidToken` when the account was deleted meanwhile.
        """
        await self._refuse_hoards(user_id)
        upload = UploadedFile(id=uuid4(), user_id=user_id, name=name, size=0)
        counted = _Counted(body, self._settings.upload_max_bytes)
        await self._resources.objects.put(upload.object_key, counted.chunks())
        upload.size = counted.size
        try:
            await self._record(upload)
        except BaseException:
            # Also when the request is cancelled: no object without a row.
            await self._resources.objects.delete(upload.object_key)
            raise
        return upload

    async def _record(self, upload: UploadedFile) -> None:
        if not upload.size:
            raise EmptyUpload("The body of the request is the file; it was empty.")
        async with self._resources.database.session() as session:
            session.add(upload)
            try:
                await session.flush()
            except IntegrityError as error:  # its listener is all that it refers to
                raise InvalidToken from error
            await session.refresh(upload)

    async def _refuse_hoards(self, user_id: int) -> None:
        async with self._resources.database.session() as session:
            waiting = await session.scalar(
                select(func.count())
                .select_from(UploadedFile)
                .where(col(UploadedFile.user_id) == user_id)
            )
        if (waiting or 0) >= self._settings.uploads_per_user:
            raise TooManyUploads(
                f"{waiting} uploads wait for an import already. Begin that first."
            )


class _Counted:
    """A body that is cut off when it grows over a limit."""

    def __init__(self, body: AsyncIterator[bytes], limit: int) -> None:
        self._body = body
        self._limit = limit
        self.size = 0

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._body:
                self.size += len(chunk)
                if self.size > self._limit:
                    raise UploadTooLarge(self._limit)
                yield chunk
        except ClientDisconnect as error:
            raise UploadBroken("The connection ended before the file did.") from error


async def delete_uploads_of(resources: Resources, task_id: UUID) -> None:
    """Delete the files of an import that is over; again does no harm."""
    async with resources.database.session() as session:
        found = await session.scalars(
            select(UploadedFile).where(col(UploadedFile.task_id) == task_id)
        )
        uploads = list(found)
    await _delete(resources, uploads)


async def sweep_uploads(resources: Resources) -> int:
    """Delete files whose import is over, that nobody wants imported, and orphans."""
    long_ago = datetime.now(UTC) - FORGOTTEN_AFTER
    # The files of an import that may be retried wait for that as long as for a first one.
    over = select(col(BackgroundTask.id)).where(
        col(BackgroundTask.status).in_(ENDED),
        ~col(BackgroundTask.retryable) | (col(BackgroundTask.completed_at) < long_ago),
    )
    forgotten = col(UploadedFile.task_id).is_(None) & (
        col(UploadedFile.created_at) < long_ago
    )
    async with resources.database.session() as session:
        found = await session.scalars(
            select(UploadedFile).where(col(UploadedFile.task_id).in_(over) | forgotten)
        )
        stale = list(found)
    await _delete(resources, stale)
    return len(stale) + await _delete_orphans(resources)


async def _delete(resources: Resources, uploads: list[UploadedFile]) -> None:
    """The object first: a row without an object is found by the next sweep."""
    for upload in uploads:
        await resources.objects.delete(upload.object_key)
    async with resources.database.session() as session:
        await session.execute(
            delete(UploadedFile).where(
                col(UploadedFile.id).in_([upload.id for upload in uploads])
            )
        )


async def _delete_orphans(resources: Resources) -> int:
    """Objects without a row: their process died, or their owner's account is gone."""
    keys = await resources.objects.keys(ORPHANED_AFTER)
    async with resources.database.session() as session:
        known = {row.hex for row in await session.scalars(select(col(UploadedFile.id)))}
    orphans = [key for key in keys if key not in known]
    for key in orphans:
        await resources.objects.delete(key)
    return len(orphans) + await resources.objects.drop_halves(ORPHANED_AFTER)
