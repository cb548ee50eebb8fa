"""One attempt at one task: claim, work, outcome. What happens never escapes from here."""

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog
from pgqueuer.errors import RetryRequested
from sqlalchemy import func, select, update
from sqlmodel import col

from unwrapped.core.database import is_lost_connection
from unwrapped.core.exceptions import AppException, Unavailable
from unwrapped.core.resources import Resources
from unwrapped.tasks.kinds import MAX_ATTEMPTS, AnyTaskKind
from unwrapped.tasks.models import ENDED, BackgroundTask, TaskStatus
from unwrapped.tasks.running import RunningTask, Superseded

RETRY_SECONDS = 5.0

log = structlog.get_logger()


class NoOutcome(Exception):
    """A handler came to its end without `finishing`."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed, and whether another one can help."""

    code: str
    message: str
    may_pass: bool


def failure_of(error: Exception) -> Failure:
    """What an exception means to the user.

    The text of an unexpected one is for the log alone: it can hold anything.
    """
    if isinstance(error, AppException):
        return Failure(error.code, error.message, isinstance(error, Unavailable))
    if is_lost_connection(error):
        return Failure(
            "unavailable", "The database or a disk went away.", may_pass=True
        )
    return Failure(
        "internal_error",
        "Something went wrong on our side. The server's log says more.",
        may_pass=False,
    )


class TaskRunner:
    """Runs the tasks of one process."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._alone = asyncio.Lock()

    async def run(self, kind: AnyTaskKind, task_id: UUID) -> None:
        """Make one attempt. Raises only `RetryRequested`, for the queue."""
        async with AsyncExitStack() as stack:
            if kind.alone:
                # Waited for before the claim: a waiting task is still pending.
                await stack.enter_async_context(self._alone)
            row = await self._claim(task_id)
            if row is not None:
                await self._attempt(kind, row)
        # Also when there was nothing left to be done: the worker before may have died
        # between the outcome and the tidying.
        await self._tidy(kind, task_id)

    async def _claim(self, task_id: UUID) -> BackgroundTask | None:
        """The row, with this attempt counted; None when nothing is left to be done."""
        active = col(BackgroundTask.status).in_(
            [TaskStatus.PENDING, TaskStatus.PROCESSING]
        )
        async with self._resources.database.session() as session:
            claimed = await session.scalar(
                update(BackgroundTask)
                .where(
                    col(BackgroundTask.id) == task_id,
                    active,
                    col(BackgroundTask.attempt) < MAX_ATTEMPTS,
                )
                .values(
                    status=TaskStatus.PROCESSING,
                    attempt=col(BackgroundTask.attempt) + 1,
                    progress=0.0,
                    stage=None,
                    started_at=func.coalesce(
                        col(BackgroundTask.started_at), func.now()
                    ),
                )
                .returning(BackgroundTask)
            )
            if claimed is None:
                await session.execute(
                    update(BackgroundTask)
                    .where(col(BackgroundTask.id) == task_id, active)
                    .values(
                        status=TaskStatus.FAILED,
                        stage=None,
                        error_code="attempts_exhausted",
                        error_message=f"The task was taken up {MAX_ATTEMPTS} times, and its"
                        " worker died each time. The server's log says more.",
                        completed_at=datetime.now(UTC),
                    )
                )
        return claimed

    async def _tidy(self, kind: AnyTaskKind, task_id: UUID) -> None:
        async with self._resources.database.session() as session:
            status = await session.scalar(
                select(col(BackgroundTask.status)).where(
                    col(BackgroundTask.id) == task_id
                )
            )
        if status in ENDED:
            await kind.ended(self._resources, task_id)

    async def _attempt(self, kind: AnyTaskKind, row: BackgroundTask) -> None:
        task = RunningTask(self._resources, row.id, row.user_id, row.attempt)
        begun = time.perf_counter()
        outcome = "stopped"
        with structlog.contextvars.bound_contextvars(request_id=row.request_id):
            try:
                outcome = await self._work(kind, task, row)
            finally:
                log.info(
                    "task.attempt",
                    kind=kind.name,
                    task_id=str(row.id),
                    user_id=row.user_id,
                    attempt=row.attempt,
                    outcome=outcome,
                    ms=round((time.perf_counter() - begun) * 1000, 1),
                )

    async def _work(
        self, kind: AnyTaskKind, task: RunningTask, row: BackgroundTask
    ) -> str:
        """Do the work and store the outcome; says in a word what came of it."""
        try:
            async with task.reporting():
                await kind.run(task, row.params)
        except Superseded:
            return "superseded"
        except Exception as error:  # noqa: BLE001 - whatever it is, the row must say so
            return await self._fail(task, error)
        if not task.has_outcome:
            return await self._fail(task, NoOutcome())
        return "completed"

    async def _fail(self, task: RunningTask, error: Exception) -> str:
        failure = failure_of(error)
        if failure.code == "internal_error":
            log.error("task.crashed", exc_info=error, task_id=str(task.id))
        try:
            if failure.may_pass and task.attempt < MAX_ATTEMPTS:
                await task.give_back()
            else:
                await task.fail(failure.code, failure.message)
                return "failed"
        except Superseded:
            return "superseded"
        delay = timedelta(seconds=RETRY_SECONDS * task.attempt)
        raise RetryRequested(delay=delay, reason=failure.code)
