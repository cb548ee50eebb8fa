"""Task kinds of the tests' own, and a place where their traces can be read."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.waiting import PATIENCE_SECONDS, eventually
from unwrapped.core.domain import Domain
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import DEADLINE, OnEnd, TaskKind, task_kind
from unwrapped.tasks.models import ENDED, BackgroundTask, Priority, TaskStatus
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskService

POLL_SECONDS = 0.1
ANY_NUMBER = 1_000_000
"""The limit of a person's active tasks in tests of other things."""

TRACES = """CREATE TABLE trace (id bigserial PRIMARY KEY, task_id uuid NOT NULL,
    attempt integer NOT NULL, what text NOT NULL, pid integer NOT NULL)"""

type Work = Callable[[RunningTask], Awaitable[None]]


class Order(Schema):
    """The parameters of a task of the tests."""

    seconds: float = 0.0


async def leave_trace(
    session: AsyncSession, task_id: UUID, what: str, attempt: int = 0
) -> None:
    """Write down, in the session's transaction, that something happened."""
    await session.execute(
        text(
            "INSERT INTO trace (task_id, attempt, what, pid)"
            " VALUES (:task_id, :attempt, :what, :pid)"
        ),
        {"task_id": task_id, "attempt": attempt, "what": what, "pid": os.getpid()},
    )


async def trace_begin(task: RunningTask) -> None:
    """Write down at once that an attempt has begun."""
    async with task.resources.database.session() as session:
        await leave_trace(session, task.id, "begun", task.attempt)


async def store(task: RunningTask) -> None:
    """Finish a task as it should: data and outcome together."""
    async with task.finishing() as finish:
        await leave_trace(finish.session, task.id, "stored", task.attempt)
        finish.result = {"attempt": task.attempt}


async def trace_end(resources: Resources, task_id: UUID) -> None:
    """An `ended` hook that leaves a trace."""
    async with resources.database.session() as session:
        await leave_trace(session, task_id, "tidied")


def kind_of(
    work: Work,
    name: str = "tests.work",
    *,
    alone: bool = False,
    limit: int = 0,
    deadline: timedelta = DEADLINE,
    ended: OnEnd = trace_end,
) -> TaskKind[Order]:
    """A kind of task that does `work`."""

    @task_kind(name, Order, alone=alone, limit=limit, deadline=deadline, ended=ended)
    async def kind(task: RunningTask, params: Order) -> None:
        await work(task)

    return kind


work_kind = kind_of(store)
"""A kind for tests that begin tasks but run no worker."""


@task_kind("tests.slow", Order, alone=True, ended=trace_end)
async def slow_kind(task: RunningTask, params: Order) -> None:
    """Takes its time."""
    await trace_begin(task)
    await asyncio.sleep(params.seconds)
    await store(task)


@task_kind("tests.slow_first", Order, ended=trace_end)
async def slow_first_kind(task: RunningTask, params: Order) -> None:
    """Takes its time, at its first attempt."""
    await trace_begin(task)
    if task.attempt == 1:
        await asyncio.sleep(params.seconds)
    await store(task)


@task_kind("tests.poison", Order, ended=trace_end)
async def poison_kind(task: RunningTask, params: Order) -> None:
    """Kills its worker, every time."""
    await trace_begin(task)
    os.kill(os.getpid(), signal.SIGKILL)


async def die_once(resources: Resources, task_id: UUID) -> None:
    """An `ended` hook that kills its worker the first time."""
    async with resources.database.session() as session:
        seen = await session.scalar(
            text("SELECT count(*) FROM trace WHERE task_id = :id AND what = 'tidied'"),
            {"id": task_id},
        )
        await leave_trace(session, task_id, "tidied")
    if not seen:
        os.kill(os.getpid(), signal.SIGKILL)


@task_kind("tests.untidy", Order, ended=die_once)
async def untidy_kind(task: RunningTask, params: Order) -> None:
    """Its worker dies between outcome and hook."""
    await trace_begin(task)
    await store(task)


DOMAIN = Domain(
    name="tests", task_kinds=(slow_kind, slow_first_kind, poison_kind, untidy_kind)
)


async def begin_as(resources: Resources, user_id: int, **columns: object) -> UUID:
    """A task with some columns as they become later, committed."""
    async with resources.database.session() as session:
        tasks = TaskService(session)
        task = await tasks.begin_task(user_id, "tests.work", "key", Order())
        if columns:
            await session.execute(
                update(BackgroundTask)
                .where(col(BackgroundTask.id) == task.id)
                .values(**columns)
            )
    return task.id


@dataclass(frozen=True, slots=True)
class Workplace:
    """A database of the test's own with a user and a table of traces."""

    resources: Resources
    user_id: int

    async def begin(
        self,
        kind: str,
        key: str = "key",
        seconds: float = 0.0,
        priority: Priority = Priority.BATCH,
    ) -> UUID:
        """Begin a task, committed; its kind may be one that is declared later."""
        kind_of(store, kind)
        async with self.resources.database.session() as session:
            begun = await TaskService(session, ANY_NUMBER).begin_task(
                self.user_id, kind, key, Order(seconds=seconds), priority
            )
            return begun.id

    async def retry(self, task_id: UUID) -> TaskRead:
        """Retry a task, committed."""
        async with self.resources.database.session() as session:
            return await TaskService(session).retry_task(self.user_id, task_id)

    async def cancel(self, task_id: UUID) -> TaskRead:
        """Cancel a task, committed."""
        async with self.resources.database.session() as session:
            return await TaskService(session).cancel_task(self.user_id, task_id)

    async def row(self, task_id: UUID) -> BackgroundTask:
        """Return the row of the task."""
        async with self.resources.database.session() as session:
            row = await session.get(BackgroundTask, task_id)
            assert row is not None
            return row

    async def count(self, table: str, where: str = "true") -> int:
        """Return the number of rows of a table."""
        statement = f"SELECT count(*) FROM {table} WHERE {where}"  # noqa: S608 - the test's own
        async with self.resources.database.session() as session:
            return int(await session.scalar(text(statement)) or 0)

    async def jobs(self) -> int:
        """Return the number of jobs in the queue."""
        return await self.count("pgq.pgqueuer")

    async def execute(self, statement: str, **parameters: object) -> None:
        """Execute a statement that the service knows nothing of."""
        async with self.resources.database.session() as session:
            await session.execute(text(statement), parameters)

    async def change(self, task_id: UUID, what: str) -> None:
        """Change a task's row without the service's knowledge."""
        await self.execute(
            f"UPDATE background_task SET {what} WHERE id = :id",  # noqa: S608 - the test's own
            id=task_id,
        )

    async def let_time_pass(self) -> None:
        """Make the tasks due that wait for their next attempt."""
        await self.execute(
            "UPDATE background_task SET next_attempt_at = now()"
            " WHERE next_attempt_at IS NOT NULL"
        )

    async def traces(self, task_id: UUID, what: str) -> list[int]:
        """The attempts that left such a trace, in their order."""
        async with self.resources.database.session() as session:
            found = await session.scalars(
                text(
                    "SELECT attempt FROM trace WHERE task_id = :id AND what = :what"
                    " ORDER BY id"
                ),
                {"id": task_id, "what": what},
            )
            return list(found)

    async def until(
        self, task_id: UUID, *statuses: TaskStatus, seconds: float = PATIENCE_SECONDS
    ) -> BackgroundTask:
        """The task once it has one of the statuses (any final one by default)."""
        wanted = statuses or tuple(ENDED)
        row = await self.row(task_id)
        try:
            async with asyncio.timeout(seconds):
                while row.status not in wanted:
                    await asyncio.sleep(POLL_SECONDS)
                    row = await self.row(task_id)
        except TimeoutError:
            raise AssertionError(f"after {seconds} s the task is {row!r}") from None
        return row

    async def until_traced(self, task_id: UUID, what: str, times: int = 1) -> list[int]:
        """Wait for `times` traces of this kind; return the attempts that left them."""
        found = await self.traces(task_id, what)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(found) < times:
                await asyncio.sleep(POLL_SECONDS)
                found = await self.traces(task_id, what)
        return found

    async def until_no_jobs(self) -> None:
        """Wait until the queue is empty."""

        async def is_empty() -> bool:
            return not await self.jobs()

        await eventually(is_empty)
