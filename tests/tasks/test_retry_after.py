"""A task waits as long as the service that refused it has asked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from pgqueuer.errors import RetryRequested
from sqlalchemy import text

from tests.tasks.workers import working
from tests.tasks.workplace import Workplace, kind_of, store
from tests.waiting import eventually
from unwrapped.core.exceptions import Unavailable
from unwrapped.tasks.execution.runner import TaskRunner
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.queue import requeue_lost
from unwrapped.tasks.service import TaskNotRetryable

KIND = "tests.work"
LONG = timedelta(hours=13)
MINUTE = timedelta(minutes=1)


async def away(task: RunningTask) -> None:
    """Work that needs an external service, which is unavailable for the day."""
    raise Unavailable("The store is away.", 46_800)


async def due_in(workplace: Workplace) -> list[timedelta]:
    """Return the times that the jobs of the queue have to wait."""
    async with workplace.resources.database.session() as session:
        return list(
            await session.scalars(
                text("SELECT execute_after - now() FROM pgq.pgqueuer ORDER BY id")
            )
        )


async def test_a_service_is_not_asked_before_the_time_it_named(
    workplace: Workplace,
) -> None:
    async with working(workplace.resources, kind_of(away)):
        task_id = await workplace.begin(KIND)

        async def is_put_back() -> bool:
            return (await due_in(workplace))[0] > LONG - MINUTE

        await eventually(is_put_back)
    row = await workplace.row(task_id)
    assert (row.status, row.attempt, row.error_code) == ("pending", 1, None)
    assert row.next_attempt_at is not None
    assert LONG - MINUTE < row.next_attempt_at - datetime.now(UTC) < LONG + MINUTE
    (delay,) = await due_in(workplace)
    assert LONG - MINUTE < delay < LONG + MINUTE


async def waiting(workplace: Workplace) -> UUID:
    """A task that waits for hours for its second attempt, and so does its job."""
    task_id = await workplace.begin(KIND)
    with pytest.raises(RetryRequested) as retry:
        await TaskRunner(workplace.resources).run(kind_of(away), task_id)
    await workplace.execute(
        "UPDATE pgq.pgqueuer SET execute_after = now() + :delay",
        delay=retry.value.delay,
    )
    return task_id


async def test_a_job_that_was_lost_comes_back_when_its_time_has_come(
    joined: Workplace,
) -> None:
    task_id = await waiting(joined)
    await joined.execute("DELETE FROM pgq.pgqueuer")
    assert await requeue_lost(joined.resources) == 1
    (delay,) = await due_in(joined)
    assert LONG - MINUTE < delay < LONG + MINUTE
    # Once: it has one now.
    assert await requeue_lost(joined.resources) == 0
    # One whose time has passed can run at once.
    await joined.execute("DELETE FROM pgq.pgqueuer")
    await joined.execute(
        "UPDATE background_task SET next_attempt_at = now() - interval '1 hour'"
    )
    await requeue_lost(joined.resources)
    (delay,) = await due_in(joined)
    assert delay <= timedelta()
    assert (await joined.row(task_id)).status == "pending"


async def test_a_waiting_task_cannot_be_retried_but_can_be_cancelled(
    workplace: Workplace,
) -> None:
    task_id = await waiting(workplace)
    with pytest.raises(TaskNotRetryable, match="pending"):
        await workplace.retry(task_id)
    cancelled = await workplace.cancel(task_id)
    assert (cancelled.status, cancelled.next_attempt_at) == ("cancelled", None)
    # A task of the same key can be begun at once.
    another = await workplace.begin(KIND)
    assert another != task_id
    async with working(workplace.resources, kind_of(store)):
        assert (await workplace.until(another)).status == "completed"
    assert (await workplace.row(task_id)).status == TaskStatus.CANCELLED


async def test_a_task_that_is_due_is_no_longer_shown_as_waiting(
    joined: Workplace,
) -> None:
    seen: list[datetime | None] = []

    async def work(task: RunningTask) -> None:
        seen.append((await joined.row(task.id)).next_attempt_at)
        await store(task)

    task_id = await waiting(joined)
    await joined.let_time_pass()
    await TaskRunner(joined.resources).run(kind_of(work), task_id)
    assert seen == [None]


async def test_a_job_that_comes_too_early_is_sent_back_until_it_is_time(
    workplace: Workplace,
) -> None:
    """When a worker dies between the row and the queue, its job is taken over."""
    task_id = await waiting(workplace)
    before = await workplace.row(task_id)
    await workplace.execute("UPDATE pgq.pgqueuer SET execute_after = now()")

    async def is_sent_back() -> bool:
        later = "status = 'queued' AND execute_after > now()"
        return await workplace.count("pgq.pgqueuer", later) == 1

    async with working(workplace.resources, kind_of(store)):
        await eventually(is_sent_back)
    assert await workplace.row(task_id) == before
    (delay,) = await due_in(workplace)
    assert LONG - MINUTE < delay < LONG + MINUTE
