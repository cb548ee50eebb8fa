"""One attempt at one task: claim, work, outcome. A handler's errors are stored here."""

import asyncio
import random
import time
from datetime import timedelta
from typing import Protocol
from uuid import UUID

import structlog
from pgqueuer.errors import RetryRequested
from sqlalchemy import Row, bindparam, func, select

from unwrapped.core.database import is_lost_connection
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.claims import Claim, claim
from unwrapped.tasks.execution.running_task import RunningTask, Superseded
from unwrapped.tasks.failures import (
    INTERNAL_ERROR,
    Failure,
    deadline_exceeded,
    failure_of,
)
from unwrapped.tasks.kinds import AnyTaskKind
from unwrapped.tasks.models import ENDED, TASKS, TaskStatus

_STANDING = select(
    TASKS.c.status,
    TASKS.c.retryable,
    (TASKS.c.next_attempt_at - func.now()).label("wait"),
).where(TASKS.c.id == bindparam("task_id"))

log = structlog.get_logger()


class Handling(Protocol):
    """Where the handler of a task runs."""

    async def run(self, kind: AnyTaskKind, task: RunningTask, claim: Claim) -> None:
        """Run the handler until the outcome is written. Raises what it raises."""
        ...


class InLoop:
    """Runs the handler in the event loop of the worker."""

    async def run(self, kind: AnyTaskKind, task: RunningTask, claim: Claim) -> None:
        """Run the handler. Raises what it raises, and `NoOutcome`."""
        await kind.run(task, claim.params)
        task.require_outcome()


class TaskRunner:
    """Runs the tasks of one process; `heavy` runs those that are `alone`."""

    def __init__(self, resources: Resources, heavy: Handling | None = None) -> None:
        self._resources = resources
        self._light = InLoop()
        self._heavy = heavy or self._light

    async def run(self, kind: AnyTaskKind, task_id: UUID) -> None:
        """Make one attempt.

        Raises only `RetryRequested`, for the queue, and the errors of a database that
        is away.
        """
        database = self._resources.database
        claimed = await claim(database, task_id, kind.retry.attempts)
        if claimed is not None:
            await self._attempt(kind, claimed)
        else:
            await self._wait_if_early(task_id)
        # Also when nothing was left to do: the previous worker may have died between
        # the outcome and the cleanup, and a task can be cancelled at any time.
        await self._tidy(kind, task_id)

    async def _wait_if_early(self, task_id: UUID) -> None:
        """Postpone a job that came too early, because its delay could not be stored."""
        standing = await self._standing(task_id)
        if standing is not None and standing.wait is not None:
            delay = max(standing.wait, timedelta())
            raise RetryRequested(delay=delay, reason="early")

    async def _tidy(self, kind: AnyTaskKind, task_id: UUID) -> None:
        if kind.ended is None:
            return
        standing = await self._standing(task_id)
        if standing is None or standing.status not in ENDED or standing.retryable:
            return
        try:
            await kind.ended(self._resources, task_id)
        except Exception as error:
            # Part of the runner: the task has its outcome, and a hook that always fails
            # would bring its job back forever.
            if is_lost_connection(error):
                raise
            log.exception("task.not_tidied", kind=kind.name, task_id=str(task_id))

    async def _standing(
        self, task_id: UUID
    ) -> Row[TaskStatus, bool, timedelta | None] | None:
        """The status of a task; None if it is gone."""
        async with self._resources.database.autocommit() as session:
            found = await session.execute(_STANDING, {"task_id": task_id})
            return found.one_or_none()

    async def _attempt(self, kind: AnyTaskKind, claimed: Claim) -> None:
        task = RunningTask(self._resources, claimed)
        begun = time.perf_counter()
        outcome = "unwritten"  # unless the database could store it
        with structlog.contextvars.bound_contextvars(request_id=claimed.request_id):
            try:
                outcome = await self._work(kind, task, claimed)
            except Superseded:
                standing = await self._standing(task.id)
                is_cancelled = standing and standing.status == TaskStatus.CANCELLED
                outcome = "cancelled" if is_cancelled else "superseded"
            except RetryRequested:
                outcome = "waits"
                raise
            except asyncio.CancelledError:
                outcome = "stopped"
                raise
            finally:
                log.info(
                    "task.attempt",
                    kind=kind.name,
                    task_id=str(task.id),
                    user_id=task.user_id,
                    attempt=task.attempt,
                    outcome=outcome,
                    ms=round((time.perf_counter() - begun) * 1000, 1),
                )

    async def _work(self, kind: AnyTaskKind, task: RunningTask, claimed: Claim) -> str:
        """Run the handler, and store its failure; return the outcome in a word."""
        seconds = kind.deadline.total_seconds()
        deadline = asyncio.timeout(seconds)
        try:
            async with deadline, task.reporting():
                handling = self._heavy if kind.alone else self._light
                await handling.run(kind, task, claimed)
        except Superseded:
            raise
        except asyncio.CancelledError:
            # The worker stops, and its grace time is over: nothing else waits for this.
            await asyncio.shield(self._give_back(task))
            raise
        except Exception as error:
            # Any error must be written to the row.
            failure = failure_of(error)
            if deadline.expired():
                failure = deadline_exceeded(seconds)
            elif failure is INTERNAL_ERROR:
                log.exception("task.crashed", task_id=str(task.id))
            return await self._fail(kind, task, claimed, failure)
        return "completed"

    async def _give_back(self, task: RunningTask) -> None:
        try:
            await task.give_back()
        except Superseded:
            log.info("task.superseded", task_id=str(task.id))

    async def _fail(
        self, kind: AnyTaskKind, task: RunningTask, claimed: Claim, failure: Failure
    ) -> str:
        delay = None
        if failure.may_pass:
            delay = kind.retry.delay(
                claimed.counted,
                random.random(),  # noqa: S311 - spreads load, no secret
                failure.retry_after,
            )
        if delay is None:
            await task.fail(failure)
            return "failed"
        await task.wait_for_retry(delay)
        raise RetryRequested(delay=delay, reason=failure.code)
