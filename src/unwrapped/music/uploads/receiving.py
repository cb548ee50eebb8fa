"""Receives a file: streams it into the object store, within its reserved size."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, update
from sqlmodel import col
from starlette.requests import ClientDisconnect

from unwrapped.auth.models import User
from unwrapped.core.database import MAY_BE_LOST, count_changed
from unwrapped.core.exceptions import Invalid, NotFound
from unwrapped.core.http.database_turns import person
from unwrapped.core.process_resources import Resources
from unwrapped.core.security import InvalidToken
from unwrapped.music.settings import MIB, MusicSettings
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.quota import (
    UploadQuotaExceeded,
    UploadTooLarge,
    reserve,
)

ALIVE_SECONDS = 60.0
"""The seconds between updates of the row of a file that is being received."""

DEAD_AFTER = timedelta(minutes=15)
"""A row without an update for this long belongs to a process that has died."""

LOOK_BYTES = 8 * MIB
"""The bytes between checks of free space: the size of a file need not be announced."""


class UploadBroken(Invalid):
    """The connection ended before the file was complete."""

    code = "upload_broken"


class EmptyUpload(Invalid):
    """The body of the request was empty."""

    code = "empty_upload"

    def __init__(self) -> None:
        super().__init__("The body of the request, which is the file, was empty.")


class UploadGone(NotFound):
    """The upload no longer exists."""

    code = "upload_gone"


async def receive(
    resources: Resources,
    user_id: int,
    name: str,
    body: AsyncIterator[bytes],
    announced: int | None,
) -> UploadedFile:
    """Store a file. A failure leaves neither a row nor an object.

    Raises what `reserve` raises, `StorageFull`, `UploadBroken`, `EmptyUpload`; `UploadGone`
    when the upload was deleted meanwhile, and `InvalidToken` when the account was.
    """
    if announced == 0:
        raise EmptyUpload
    resources.require_room(announced or 0)
    settings = resources.settings_of(MusicSettings)
    turn = resources.turns.of(person(user_id))
    async with turn, resources.database.session() as session:
        upload = await reserve(session, settings, user_id, name, announced)
    counted = _Counted(resources, body, upload.id, upload.size)
    try:
        await resources.objects.put(upload.object_key, counted.chunks())
        await _record(resources, upload, counted)
    except BaseException:
        # Also if the request is cancelled, which must leave neither a row nor an object;
        # the error is raised again.
        await asyncio.shield(_drop(resources, upload))
        raise
    return upload


async def _record(
    resources: Resources, upload: UploadedFile, received: "_Counted"
) -> None:
    size, digest = received.size, received.digest.hexdigest()
    if not size:
        raise EmptyUpload
    whole = (
        update(UploadedFile)
        .where(col(UploadedFile.id) == upload.id)
        .values(size=size, digest=digest, receiving_at=None)
    )
    async with resources.database.session() as session:
        if not await count_changed(session, whole):
            if await session.get(User, upload.user_id) is None:
                raise InvalidToken
            raise _gone()
    upload.size, upload.digest, upload.receiving_at = size, digest, None


async def _drop(resources: Resources, upload: UploadedFile) -> None:
    with suppress(*MAY_BE_LOST):  # a sweep deletes it later
        async with resources.database.session() as session:
            await session.execute(
                delete(UploadedFile).where(col(UploadedFile.id) == upload.id)
            )
    await resources.objects.delete(upload.object_key)


def _gone() -> UploadGone:
    return UploadGone("The upload was deleted while it was being received.")


class _Counted:
    """A body that is cut off when it exceeds its reserved size."""

    def __init__(
        self,
        resources: Resources,
        body: AsyncIterator[bytes],
        upload_id: UUID,
        limit: int,
    ) -> None:
        self._resources = resources
        self._settings = resources.settings_of(MusicSettings)
        self._body = body
        self._upload_id = upload_id
        self._limit = limit
        self._clock = asyncio.get_running_loop().time
        self._touched = self._clock()
        self._looked = 0
        self.size = 0
        self.digest = hashlib.sha256()

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._body:
                self.size += len(chunk)
                self.digest.update(chunk)
                self._check()
                if self._clock() - self._touched > ALIVE_SECONDS:
                    await self._touch()
                yield chunk
        except ClientDisconnect as error:
            raise UploadBroken(
                "The connection ended before the file was complete."
            ) from error

    def _check(self) -> None:
        if self.size > self._settings.upload_max_bytes:
            raise UploadTooLarge(self._settings.upload_max_bytes)
        if self.size > self._limit:
            quota = self._settings.upload_quota_bytes
            raise UploadQuotaExceeded(quota, quota - self._limit)
        if self.size - self._looked >= LOOK_BYTES:
            self._looked = self.size
            self._resources.require_room(0)

    async def _touch(self) -> None:
        self._touched = self._clock()
        alive = (
            update(UploadedFile)
            .where(col(UploadedFile.id) == self._upload_id)
            .values(receiving_at=func.clock_timestamp())
        )
        with suppress(*MAY_BE_LOST):  # the next update may succeed
            async with self._resources.database.session() as session:
                if not await count_changed(session, alive):
                    raise _gone()
