"""Syncs that Spotify refuses, delays or interrupts."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pgqueuer.errors import RetryRequested
from sqlalchemy import text

from tests.conftest import Configure
from tests.music.factories import run_by_hand
from tests.music.spotify.syncing import (
    AGREED,
    Synced,
    change_tokens,
    give_access,
    soon,
    synced,
    use_sandbox,
)
from tests.sandbox.running import Running
from tests.waiting import until_blocked
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.core.process_resources import Resources
from unwrapped.music.spotify.service import SyncNotEnabled, begin_due_syncs, end_sync
from unwrapped.music.spotify.task import sync_plays
from unwrapped.music.store.state import lock_history
from unwrapped.tasks.execution.claims import claim
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.models import TaskStatus

A_DAY, QUOTA = 24 * 60 * 60, 74_214
"""Seconds."""


async def meets(
    resources: Resources,
    sandbox: Running,
    configure: Configure,
    client_id: str,
) -> Synced:
    """A listener of a server that is that client."""
    use_sandbox(configure, sandbox.address, client_id)
    return await synced(resources, sandbox, client_id)


async def attempt(one: Synced, task_id: UUID) -> None:
    """Run a task as a worker does."""
    with suppress(RetryRequested):
        await TaskRunner(one.resources).run(sync_plays, task_id)


async def test_temporary_errors_are_retried(
    common_resources: Resources, sandbox: Running, configure: Configure
) -> None:
    for fault, code in (
        ("503", "service_failing"),
        ("204", "unexpected_answer"),
        ("odd", "unexpected_answer"),
        ("truncated", "service_unreachable"),
    ):
        one = await meets(common_resources, sandbox, configure, f"sandbox-{fault}")
        task_id = await one.begin()
        await attempt(one, task_id)
        task, row = await one.task(task_id), await one.row()
        assert (task.status, task.attempt) == (TaskStatus.PENDING, 1)
        assert task.next_attempt_at is not None
        found = (row.last_error_code, row.cursor, row.next_sync_at)
        assert found == (code, None, AGREED)
        assert (await one.stored()).listens == set()


async def test_a_success_clears_the_last_error(
    cloned_resources: Resources, sandbox: Running, configure: Configure
) -> None:
    one = await meets(cloned_resources, sandbox, configure, "sandbox-half-json-once")
    with pytest.raises(ExternalAPIError):
        await one.sync()
    assert (await one.row()).last_error_code == "unexpected_answer"
    task_id = await one.begin()
    await run_by_hand(one.resources, sync_plays, task_id)
    assert (await one.row()).last_error_code is None
    assert len((await one.stored()).listens) == 50


async def test_the_sync_waits_half_a_day_for_a_quota(
    cloned_resources: Resources, sandbox: Running, configure: Configure
) -> None:
    one = await meets(cloned_resources, sandbox, configure, "sandbox-quota-once")
    task_id = await one.begin()
    await attempt(one, task_id)
    task, row = await one.task(task_id), await one.row()
    assert task.next_attempt_at is not None
    assert soon(task.next_attempt_at, QUOTA)
    assert soon(row.next_sync_at, QUOTA)
    assert row.last_error_code == "service_overloaded"
    # No worker asks before that time, however often it looks for syncs that are due.
    assert await claim(one.resources.database, task_id, attempts=3) is None
    assert await begin_due_syncs(one.resources) == 0
    assert await one.begin() == task_id
    async with one.resources.database.session() as session:
        await session.execute(
            text("UPDATE background_task SET next_attempt_at = now()")
        )
    await attempt(one, task_id)
    assert (await one.task(task_id)).status == TaskStatus.COMPLETED
    assert len((await one.stored()).listens) == 50
    assert soon((await one.row()).next_sync_at, 30 * 60)


@pytest.mark.parametrize("fault", ["403", "401"])
async def test_a_refused_sync_is_tried_again_a_day_later(
    cloned_resources: Resources,
    sandbox: Running,
    configure: Configure,
    fault: str,
) -> None:
    one = await meets(cloned_resources, sandbox, configure, f"sandbox-{fault}")
    task_id = await one.begin()
    await attempt(one, task_id)
    task, row = await one.task(task_id), await one.row()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "spotify_forbids")
    assert not task.retryable
    assert row.last_error_code == "spotify_forbids"
    assert soon(row.next_sync_at, A_DAY)
    assert await begin_due_syncs(one.resources) == 0


async def test_a_sync_whose_access_was_revoked_does_not_begin(
    cloned_resources: Resources, sandbox: Running, configure: Configure
) -> None:
    one = await meets(cloned_resources, sandbox, configure, "sandbox-revoked")
    task_id = await one.begin()
    await attempt(one, task_id)
    task, row = await one.task(task_id), await one.row()
    assert (task.status, task.error_code) == (TaskStatus.FAILED, "reconnect_needed")
    assert row.last_error_code == "reconnect_needed"
    assert await begin_due_syncs(one.resources) == 0
    # Once access is granted again, the sync resumes by itself.
    await give_access(one.resources, one.id, sandbox.tokens("sandbox"))
    assert await begin_due_syncs(one.resources) == 1


async def test_the_access_ends_after_six_months(
    cloned_resources: Resources, sandbox: Running, configure: Configure
) -> None:
    one = await meets(cloned_resources, sandbox, configure, "sandbox")
    await change_tokens(
        one.resources, one.id, expires_at=datetime.now(UTC) - timedelta(days=1)
    )
    sandbox.clock.advance(days=200)
    task_id = await one.begin()
    await attempt(one, task_id)
    assert (await one.task(task_id)).error_code == "reconnect_needed"


async def test_a_sync_that_is_turned_off_while_it_runs_stores_nothing(
    cloned_resources: Resources, sandbox: Running, configure: Configure
) -> None:
    one = await meets(cloned_resources, sandbox, configure, "sandbox")
    database = one.resources.database
    task_id = await one.begin()

    async with database.session() as session:
        await lock_history(session, one.id)
        running = asyncio.create_task(run_by_hand(one.resources, sync_plays, task_id))
        await until_blocked(database)
        await end_sync(session, one.id, forget=False)
    with pytest.raises(SyncNotEnabled):
        await running
    assert (await one.stored()).listens == set()
    with pytest.raises(SyncNotEnabled):
        await one.begin()
