"""Tasks that ended long ago, and the old log of the queue, are deleted."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.auth.factories import make_user
from tests.conftest import Configure
from tests.music.factories import make_task, make_upload
from unwrapped.core.process_resources import Resources
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.tasks import retention
from unwrapped.tasks.models import ENDED, BackgroundTask, TaskStatus
from unwrapped.tasks.queue import LOG_KEPT, forget_queue_log
from unwrapped.tasks.retention import forget_old_tasks
from unwrapped.tasks.settings import TaskSettings

LITTLE = timedelta(minutes=5)
KEPT = timedelta(days=90)


@pytest.fixture
async def ada(session: AsyncSession) -> int:
    """A user, committed."""
    user_id = (await make_user(session)).id or 0
    await session.commit()
    return user_id


async def make(resources: Resources, user_id: int, **columns: Any) -> UUID:
    """A task, committed."""
    async with resources.database.session() as session:
        return (await make_task(session, user_id, **columns)).id


async def kept(resources: Resources) -> set[UUID]:
    """The tasks that are there."""
    async with resources.database.session() as session:
        return set(await session.scalars(select(col(BackgroundTask.id))))


@pytest.mark.parametrize("status", sorted(ENDED))
async def test_tasks_that_ended_long_ago_are_deleted(
    resources: Resources, ada: int, status: TaskStatus
) -> None:
    now = datetime.now(UTC)
    old, young = now - KEPT - LITTLE, now - KEPT + LITTLE
    await make(resources, ada, status=status, completed_at=old)
    # However long ago it was begun.
    recent = await make(
        resources, ada, status=status, completed_at=young, created_at=now - 5 * KEPT
    )
    assert await forget_old_tasks(resources) == 1
    assert await kept(resources) == {recent}
    assert await forget_old_tasks(resources) == 0


async def test_active_tasks_are_kept_however_old_they_are(
    resources: Resources, ada: int
) -> None:
    long_ago = datetime.now(UTC) - 10 * KEPT
    active = {
        await make(resources, ada, status=status, created_at=long_ago)
        for status in (TaskStatus.PENDING, TaskStatus.PROCESSING)
    }
    assert await forget_old_tasks(resources) == 0
    assert await kept(resources) == active


async def test_the_time_to_keep_tasks_is_a_setting(
    resources: Resources, ada: int, configure: Configure
) -> None:
    configure(TaskSettings, task_retention_days=2)
    ended = datetime.now(UTC) - timedelta(days=2)
    await make(resources, ada, status="completed", completed_at=ended - LITTLE)
    young = await make(resources, ada, status="failed", completed_at=ended + LITTLE)
    assert await forget_old_tasks(resources) == 1
    assert await kept(resources) == {young}


@pytest.mark.parametrize("count", [2, 3, 4, 7])
async def test_many_tasks_are_deleted_in_small_transactions(
    resources: Resources, ada: int, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    ended = datetime.now(UTC) - 2 * KEPT
    for _ in range(count):
        await make(resources, ada, status="completed", completed_at=ended)
    assert await forget_old_tasks(resources) == count
    assert await kept(resources) == set()


async def test_an_upload_outlives_its_task(resources: Resources, ada: int) -> None:
    """An upload whose file could not be deleted stays for the sweep."""
    ended = datetime.now(UTC) - 2 * KEPT
    task_id = await make(resources, ada, status="completed", completed_at=ended)
    async with resources.database.session() as session:
        upload = await make_upload(session, ada, task_id=task_id)
    await forget_old_tasks(resources)
    async with resources.database.session() as session:
        left = await session.get_one(UploadedFile, upload.id)
        await session.refresh(left)
        assert left.task_id is None


async def test_the_log_of_the_queue_is_kept_for_a_day(resources: Resources) -> None:
    insert = text(
        "INSERT INTO pgq.pgqueuer_log (job_id, status, priority, entrypoint, created)"
        " VALUES (1, 'picked', 0, 'tests.work', now() - CAST(:age AS interval))"
    )
    async with resources.database.session() as session:
        for age in (timedelta(), LOG_KEPT - LITTLE, LOG_KEPT + LITTLE, 9 * LOG_KEPT):
            await session.execute(insert, {"age": age})
    assert await forget_queue_log(resources) == 2
    async with resources.database.session() as session:
        left = select(func.count()).select_from(text("pgq.pgqueuer_log"))
        assert await session.scalar(left) == 2
