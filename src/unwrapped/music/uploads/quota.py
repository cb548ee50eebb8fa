"""Limits uploads, and reserves space for a file before its body is read."""

from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import ContentTooLarge, TooManyRequests
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.core.process_resources import Resources
from unwrapped.core.security import InvalidToken
from unwrapped.music.settings import MIB, MusicSettings
from unwrapped.music.uploads.models import UploadedFile

_REMEDY = "Import or delete one of them first (GET and DELETE /music/uploads)."


class UploadTooLarge(ContentTooLarge):
    """The file has more bytes than this server accepts."""

    code = "upload_too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The file is larger than {limit // MIB:,} MiB, the most that this server"
            " accepts (UPLOAD_MAX_BYTES)."
        )


class TooManyUploads(TooManyRequests):
    """The listener has as many waiting uploads as are allowed."""

    code = "too_many_uploads"

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} uploads wait for an import already. {_REMEDY}")


class UploadQuotaExceeded(TooManyRequests):
    """The uploads of the listener would have more bytes than are allowed."""

    code = "upload_quota_exceeded"

    def __init__(self, quota: int, waiting: int) -> None:
        super().__init__(
            f"Uploads that wait for an import may have {quota // MIB:,} MiB in total"
            f" (UPLOAD_QUOTA_BYTES); yours have {waiting // MIB:,} MiB, and this one does"
            f" not fit. {_REMEDY}"
        )


def require_upload_size(resources: Resources, size: int) -> None:
    """Raise `UploadTooLarge` if the announced size of a file is over the limit."""
    limit = resources.settings_of(MusicSettings).upload_max_bytes
    if size > limit:
        raise UploadTooLarge(limit)


async def reserve(
    session: AsyncSession,
    settings: MusicSettings,
    user_id: int,
    name: str,
    announced: int | None,
) -> UploadedFile:
    """Create the row of a file that is about to be received, with its reserved size.

    This is the announced size, or else the largest one that the limits allow. Raises
    `UploadTooLarge`, `TooManyUploads` or `UploadQuotaExceeded`, and `InvalidToken` when the
    account was deleted.
    """
    if announced is not None and announced > settings.upload_max_bytes:
        raise UploadTooLarge(settings.upload_max_bytes)
    # The lock makes each upload see what the previous one has reserved.
    await take_lock(session, "uploads", user_id)
    found = await session.execute(
        select(func.count(), func.coalesce(func.sum(UploadedFile.size), 0)).where(
            col(UploadedFile.user_id) == user_id
        )
    )
    count, waiting = found.one()
    if count >= settings.uploads_per_user:
        raise TooManyUploads(count)
    left = settings.upload_quota_bytes - int(waiting)
    size = min(settings.upload_max_bytes, left) if announced is None else announced
    if left <= 0 or size > left:
        raise UploadQuotaExceeded(settings.upload_quota_bytes, int(waiting))
    upload = UploadedFile(
        id=uuid4(),
        user_id=user_id,
        name=name,
        size=size,
        receiving_at=datetime.now(UTC),
    )
    session.add(upload)
    try:
        await session.flush()
    except IntegrityError as error:  # the user is its only foreign key
        raise InvalidToken from error
    await session.refresh(upload)
    return upload
