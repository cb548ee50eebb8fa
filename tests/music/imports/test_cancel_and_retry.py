"""Imports that are cancelled or retried, and what happens to their files."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
from pgqueuer.errors import RetryRequested
from sqlalchemy import text

from tests.auth.factories import sign_in
from tests.exports import as_json, extended_row
from tests.music.factories import NOTHING, Stored, begun_import, stored
from tests.tasks.workers import working
from tests.tasks.workplace import Workplace
from tests.waiting import until_blocked
from unwrapped.core.process_resources import Resources
from unwrapped.music.imports.task import import_uploads
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.service import TaskNotRetryable

ROWS = [extended_row(ts=f"2023-05-01T10:{n:02}:00Z") for n in range(20)]
FILES = {"a.json": as_json(ROWS[:12]), "b.json": as_json(ROWS[8:])}


@pytest.fixture
async def ada(cloned_resources: Resources) -> Workplace:
    """A listener, on a database of their own."""
    return Workplace(cloned_resources, (await sign_in(cloned_resources)).id)


async def objects_and_rows(ada: Workplace) -> tuple[int, int]:
    """How many files the store has, and how many uploads the database."""
    folder = ada.resources.settings.home / "uploads"
    return len(list(folder.iterdir())), await ada.count("uploaded_file")


async def all_stored(ada: Workplace) -> Stored:
    """What is stored of the listener's history."""
    async with ada.resources.database.session() as session:
        return await stored(session, ada.user_id)


@asynccontextmanager
async def nobody_stores(ada: Workplace) -> AsyncIterator[None]:
    """Make all who store a listen wait until the context ends."""
    async with ada.resources.database.session() as session:
        await session.execute(text("LOCK TABLE listen IN SHARE MODE"))
        yield


async def test_an_import_that_is_cancelled_while_it_stores_leaves_nothing(
    ada: Workplace,
) -> None:
    async with working(ada.resources, import_uploads):
        async with nobody_stores(ada):
            task_id = await begun_import(ada.resources, ada.user_id, FILES)
            await until_blocked(ada.resources.database)
            await ada.cancel(task_id)
        await ada.until_no_jobs()
        row = await ada.row(task_id)
        assert (row.status, row.result_data) == ("cancelled", None)
        assert await all_stored(ada) == NOTHING
        assert await ada.count("history_import") == 0
        assert await objects_and_rows(ada) == (0, 0)
        assert await ada.count("pg_class", "relname LIKE 'staged%'") == 0
        # It can be uploaded again, and none of its rows is known.
        again = await begun_import(ada.resources, ada.user_id, FILES)
        row = await ada.until(again)
    assert row.result_data is not None
    assert (row.result_data["stored"], row.result_data["rows_read"]) == (20, 24)


async def test_an_import_that_is_cancelled_before_it_begins_leaves_no_files(
    ada: Workplace,
) -> None:
    task_id = await begun_import(ada.resources, ada.user_id, FILES)
    await ada.cancel(task_id)
    assert await objects_and_rows(ada) == (2, 2)
    async with working(ada.resources, import_uploads):
        await ada.until_no_jobs()
    assert await objects_and_rows(ada) == (0, 0)
    assert await all_stored(ada) == NOTHING


async def attempt(ada: Workplace, task_id: UUID) -> None:
    """Make one attempt, as a worker that has the job."""
    await TaskRunner(ada.resources).run(import_uploads, task_id)


async def fail_for_now(ada: Workplace, task_id: UUID) -> None:
    """Make all attempts while the files cannot be read, as if a disk were missing."""
    folder = ada.resources.settings.home / "uploads"
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    for _ in range(2):
        with pytest.raises(RetryRequested):
            await attempt(ada, task_id)
        await ada.let_time_pass()
    await attempt(ada, task_id)
    elsewhere.rename(folder)


async def test_an_import_that_failed_temporarily_keeps_its_files_and_can_be_retried(
    ada: Workplace,
) -> None:
    task_id = await begun_import(ada.resources, ada.user_id, FILES)
    await fail_for_now(ada, task_id)
    row = await ada.row(task_id)
    assert (row.status, row.attempt, row.retryable) == ("failed", 3, True)
    assert row.error_code == "object_store_unavailable"
    assert await objects_and_rows(ada) == (2, 2)
    task = await ada.retry(task_id)
    assert (task.status, task.attempt, task.error_code) == ("pending", 3, None)
    async with working(ada.resources, import_uploads):
        row = await ada.until(task_id)
        await ada.until_no_jobs()
    assert (row.status, row.attempt) == ("completed", 4)
    assert row.result_data is not None
    assert row.result_data["stored"] == 20
    assert await ada.count("history_import") == 1
    assert await objects_and_rows(ada) == (0, 0)


async def test_a_retried_import_that_is_cancelled_deletes_its_files(
    ada: Workplace,
) -> None:
    task_id = await begun_import(ada.resources, ada.user_id, FILES)
    await fail_for_now(ada, task_id)
    await ada.retry(task_id)
    await ada.cancel(task_id)
    async with working(ada.resources, import_uploads):
        await ada.until_no_jobs()
    assert (await ada.row(task_id)).status == TaskStatus.CANCELLED
    assert await objects_and_rows(ada) == (0, 0)


async def test_the_files_of_a_refused_import_are_deleted_at_once(
    ada: Workplace,
) -> None:
    task_id = await begun_import(ada.resources, ada.user_id, {"a.txt": b"hello"})
    await attempt(ada, task_id)
    row = await ada.row(task_id)
    assert (row.status, row.attempt, row.retryable) == ("failed", 1, False)
    assert await objects_and_rows(ada) == (0, 0)
    with pytest.raises(TaskNotRetryable, match=r"a\.txt"):
        await ada.retry(task_id)


async def test_a_retry_whose_files_were_deleted_fails_permanently(
    ada: Workplace,
) -> None:
    task_id = await begun_import(ada.resources, ada.user_id, FILES)
    await fail_for_now(ada, task_id)
    await ada.execute("DELETE FROM uploaded_file")
    await ada.retry(task_id)
    await attempt(ada, task_id)
    row = await ada.row(task_id)
    assert (row.status, row.error_code, row.retryable) == (
        "failed",
        "upload_gone",
        False,
    )
