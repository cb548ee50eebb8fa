"""A task while it runs: its progress, and the one transaction that finishes it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import is_lost_connection
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.claims import Claim
from unwrapped.tasks.failures import Failure
from unwrapped.tasks.models import TaskStatus

REPORT_SECONDS = 0.25
LOOK_SECONDS = 0.5

log = structlog.get_logger()


class Superseded(Exception):
    """Another attempt, or a cancellation, has taken the task from this attempt."""


class Stopped(Exception):
    """This attempt is over: computations in threads should stop."""


class NoOutcome(Exception):
    """A handler returned without `finishing`."""


@dataclass(slots=True)
class Finish:
    """What is stored at the end of a task."""

    session: AsyncSession
    """Data written here is committed together with the outcome, or not at all."""

    result: dict[str, Any] = field(default_factory=dict)


class RunningTask:
    """A task, as its handler sees it."""

    def __init__(self, resources: Resources, claim: Claim) -> None:
        self.resources = resources
        self.id = claim.task_id
        self.user_id = claim.user_id
        self.attempt = claim.attempt
        self._claim = claim
        self._progress = 0.0
        self._stage: str | None = None
        self._over: type[Exception] | None = None
        self._has_outcome = False

    def report(self, progress: float, stage: str) -> None:
        """Report progress (0 to 1), as often as needed, from any thread.

        The work can be stopped here: raises `Superseded` when the task was cancelled or
        taken over, and `Stopped` when the attempt is over, so that a computing thread
        ends.
        """
        if self._over is not None:
            raise self._over
        self._progress, self._stage = min(max(progress, 0.0), 1.0), stage

    @asynccontextmanager
    async def finishing(self) -> AsyncIterator[Finish]:
        """The transaction that stores data and outcome of the task.

        Raises `Superseded` at its end, and is rolled back, if this attempt may no
        longer finish the task, or the user was deleted.
        """
        try:
            async with self.resources.database.session() as session:
                finish = Finish(session)
                yield finish
                self._settled(
                    await self._claim.end(
                        session,
                        status=TaskStatus.COMPLETED,
                        progress=1.0,
                        result_data=finish.result,
                    )
                )
        except IntegrityError as error:
            # Rows of a person whose account was deleted meanwhile cannot be stored.
            async with self.resources.database.session() as session:
                if await self._claim.standing(session) != TaskStatus.PROCESSING:
                    raise Superseded from error
            raise

    def require_outcome(self) -> None:
        """Raise `NoOutcome` unless the outcome was written to the task's row."""
        if not self._has_outcome:
            raise NoOutcome

    async def fail(self, failure: Failure) -> None:
        """End the task as failed. Raises `Superseded`."""
        async with self.resources.database.session() as session:
            self._settled(
                await self._claim.end(
                    session,
                    status=TaskStatus.FAILED,
                    error_code=failure.code,
                    error_message=failure.message,
                    retryable=failure.retryable,
                )
            )

    async def wait_for_retry(self, delay: timedelta) -> None:
        """Let the task wait for its next attempt. Raises `Superseded`."""
        async with self.resources.database.session() as session:
            self._settled(await self._claim.wait(session, delay))

    async def give_back(self) -> None:
        """Release the task to another worker; this attempt does not count.

        Raises `Superseded`.
        """
        async with self.resources.database.session() as session:
            self._settled(
                await self._claim.write(
                    session,
                    status=TaskStatus.PENDING,
                    stage=None,
                    uncounted=self._claim.uncounted + 1,
                )
            )

    def _settled(self, is_ours: bool) -> None:
        if not is_ours:
            raise Superseded
        self._has_outcome = True

    @asynccontextmanager
    async def reporting(self) -> AsyncIterator[None]:
        """Write reports to the row while the context lasts, at most four per second.

        It also checks whether this attempt still has the task; if not, it cancels the
        context and raises `Superseded`.
        """
        watching = asyncio.create_task(self._watch(work := _current_task()))
        cancelled_before = work.cancelling()
        try:
            yield
        finally:
            is_superseded = self._over is Superseded
            self._over = self._over or Stopped
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            # As in `asyncio.timeout`: a cancellation from elsewhere propagates.
            if is_superseded and work.uncancel() <= cancelled_before:
                raise Superseded

    async def _watch(self, work: asyncio.Task[Any]) -> None:
        written: tuple[float, str | None] = (0.0, None)
        loop = asyncio.get_running_loop()
        looked_at = loop.time()
        is_ours = True
        while is_ours:
            await asyncio.sleep(REPORT_SECONDS)
            current = (self._progress, self._stage)
            if current == written and loop.time() - looked_at < LOOK_SECONDS:
                continue
            try:
                is_ours = await self._is_ours(current if current != written else None)
            except Exception as error:
                # An outage raises many classes of errors. This is only a report: only
                # the outcome must be written.
                if not is_lost_connection(error):
                    raise
                if not is_disk_full(error):  # logged by `DiskSpace`
                    name = type(error).__name__
                    log.warning("task.report_lost", task_id=str(self.id), error=name)
                continue
            written, looked_at = current, loop.time()
        if not self._has_outcome:
            self._over = Superseded
            work.cancel()

    async def _is_ours(self, report: tuple[float, str | None] | None) -> bool:
        """Write a pending report; return whether this attempt still has the task.

        It also has a task that its child process has completed and not reported yet.
        """
        async with self.resources.database.autocommit() as session:
            if report is not None:
                progress, stage = report
                if await self._claim.write(session, progress=progress, stage=stage):
                    return True
            standing = await self._claim.standing(session)
        return standing in (TaskStatus.PROCESSING, TaskStatus.COMPLETED)


def _current_task() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("no task runs")
    return task
