"""Uploads are deleted with their import, when they are forgotten, or without an owner."""

import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import col

from tests.auth.factories import sign_in
from tests.conftest import Configure
from tests.music.factories import make_task
from unwrapped.core.process_resources import Resources
from unwrapped.music.settings import MusicSettings
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.receiving import DEAD_AFTER
from unwrapped.music.uploads.service import (
    ORPHANED_AFTER,
    UploadService,
    delete_uploads_of,
    sweep_uploads,
)
from unwrapped.tasks.models import TaskStatus

LITTLE = timedelta(minutes=1)
FORGOTTEN_AFTER = timedelta(hours=24)
TASK = ("status", "retryable", "completed_at")
"""The columns of an upload's task."""


async def _one() -> AsyncIterator[bytes]:
    yield b"x"


async def _upload(resources: Resources, **columns: object) -> str:
    """The key of a new upload; `columns` are values of its row or of its task."""
    user_id = (await sign_in(resources)).id
    task = {name: columns.pop(name) for name in TASK if name in columns}
    upload = await UploadService(resources).receive(user_id, "a", _one())
    async with resources.database.session() as session:
        if task:
            columns["task_id"] = (await make_task(session, user_id, **task)).id
        if columns:
            await session.execute(
                update(UploadedFile)
                .where(col(UploadedFile.id) == upload.id)
                .values(**columns)
            )
    return upload.object_key


async def _keys(resources: Resources) -> set[str]:
    async with resources.database.session() as session:
        found = await session.scalars(select(col(UploadedFile.id)))
        return {upload.hex for upload in found}


def _folder(resources: Resources) -> Path:
    return resources.settings.home / "uploads"


def _objects(resources: Resources) -> set[str]:
    return {path.name for path in _folder(resources).iterdir()}


def _leave(resources: Resources, name: str, age: timedelta) -> Path:
    path = _folder(resources) / name
    path.write_bytes(b"x")
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
    return path


async def test_forgotten_uploads_are_swept_away(resources: Resources) -> None:
    now = datetime.now(UTC)
    fresh = await _upload(resources, created_at=now - FORGOTTEN_AFTER + LITTLE)
    await _upload(resources, created_at=now - FORGOTTEN_AFTER - LITTLE)
    assert await sweep_uploads(resources) == 1
    assert await _keys(resources) == _objects(resources) == {fresh}
    assert await sweep_uploads(resources) == 0


async def test_uploads_of_imports_that_have_ended_are_swept_away(
    resources: Resources,
) -> None:
    """Those of other imports are kept, since an import can wait longer than a day."""
    long_ago = datetime.now(UTC) - 3 * FORGOTTEN_AFTER
    kept = set()
    for status in TaskStatus:
        old = await _upload(resources, status=status, created_at=long_ago)
        new = await _upload(resources, status=status)
        if status in (TaskStatus.PENDING, TaskStatus.PROCESSING):
            kept |= {old, new}
    assert await sweep_uploads(resources) == 2 * len(TaskStatus) - len(kept)
    assert await _keys(resources) == _objects(resources) == kept


async def test_uploads_of_an_import_that_may_be_retried_are_kept_for_a_day(
    resources: Resources,
) -> None:
    """The day begins when the import ends, since it may have begun long before."""
    failed = {"status": TaskStatus.FAILED, "retryable": True}
    now = datetime.now(UTC)
    long_ago, just_now = now - FORGOTTEN_AFTER - LITTLE, now - FORGOTTEN_AFTER + LITTLE
    await _upload(resources, **failed, completed_at=long_ago)
    kept = await _upload(
        resources, **failed, completed_at=just_now, created_at=now - 3 * FORGOTTEN_AFTER
    )
    assert await sweep_uploads(resources) == 1
    assert await _keys(resources) == _objects(resources) == {kept}


async def test_objects_without_a_row_are_swept_away_once_they_are_old(
    resources: Resources,
) -> None:
    kept = await _upload(resources)
    _leave(resources, kept, 2 * ORPHANED_AFTER)
    young = _leave(resources, "0" * 32, ORPHANED_AFTER - LITTLE).name
    _leave(resources, "1" * 32, ORPHANED_AFTER + LITTLE)
    assert await sweep_uploads(resources) == 1
    assert _objects(resources) == {kept, young}
    assert await _keys(resources) == {kept}


async def test_incomplete_objects_are_swept_away_once_they_are_old(
    resources: Resources,
) -> None:
    kept = await _upload(resources)
    young = _leave(resources, f"{'0' * 32}#1", ORPHANED_AFTER - LITTLE).name
    _leave(resources, f"{'1' * 32}#12", ORPHANED_AFTER + LITTLE)
    assert await sweep_uploads(resources) == 1
    assert _objects(resources) == {kept, young}


async def test_a_row_without_an_object_is_swept_away(resources: Resources) -> None:
    """A sweep may have died between the object and the row."""
    lost = await _upload(resources, created_at=datetime.now(UTC) - 2 * FORGOTTEN_AFTER)
    (_folder(resources) / lost).unlink()
    assert await sweep_uploads(resources) == 1
    assert await _keys(resources) == set()


async def test_an_upload_is_kept_for_as_long_as_the_setting_says(
    resources: Resources, configure: Configure
) -> None:
    configure(MusicSettings, uploads_kept_hours=2)
    now = datetime.now(UTC)
    kept = await _upload(resources, created_at=now - timedelta(hours=2) + LITTLE)
    await _upload(resources, created_at=now - timedelta(hours=2) - LITTLE)
    assert await sweep_uploads(resources) == 1
    assert await _keys(resources) == _objects(resources) == {kept}


async def test_space_reserved_by_a_process_that_died_is_swept_away(
    resources: Resources,
) -> None:
    """An upload that another process has been receiving since yesterday stays."""
    now = datetime.now(UTC)
    await _upload(resources, receiving_at=now - DEAD_AFTER - LITTLE)
    slow = await _upload(
        resources, receiving_at=now, created_at=now - 2 * FORGOTTEN_AFTER
    )
    assert await sweep_uploads(resources) == 1
    assert await _keys(resources) == _objects(resources) == {slow}


async def test_nothing_to_sweep(resources: Resources) -> None:
    assert await sweep_uploads(resources) == 0


async def test_uploads_of_an_import_can_be_deleted_twice(
    resources: Resources,
) -> None:
    user_id = (await sign_in(resources)).id
    others = {await _upload(resources), await _upload(resources, status="completed")}
    service = UploadService(resources)
    uploads = [await service.receive(user_id, name, _one()) for name in ("a", "b")]
    async with resources.database.session() as session:
        task = await make_task(session, user_id)
        await session.execute(
            update(UploadedFile)
            .where(col(UploadedFile.id).in_([upload.id for upload in uploads]))
            .values(task_id=task.id)
        )
    (_folder(resources) / uploads[0].object_key).unlink()
    for _ in range(2):
        await delete_uploads_of(resources, task.id)
        assert await _keys(resources) == _objects(resources) == others
