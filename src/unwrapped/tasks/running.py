"""A task while it runs: its progress, and the one transaction that finishes it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.database import count_changed
from unwrapped.core.resources import Resources
from unwrapped.tasks.models import BackgroundTask, TaskStatus

REPORT_SECONDS = 0.25

log = structlog.get_logger()


class Superseded(Exception):
    """Another attempt, or somebody who cancelled, has taken the task away from us."""


class Stopped(Exception):
    """The worker stops: what computes in a thread should give up."""


@dataclass(slots=True)
class Finish:
    """What is stored at the end of a task."""

    session: AsyncSession
    """Data that is written here is committed together with the outcome, or not at all."""

    result: dict[str, Any] = field(default_factory=dict)


class RunningTask:
    """What a handler has in hand."""

    def __init__(
        self, resources: Resources, task_id: UUID, user_id: int, attempt: int
    ) -> None:
        self.resources = resources
        self.id = task_id
        self.user_id = user_id
        self.attempt = attempt
        self._progress = 0.0
        self._stage: str | None = None
        self._stopped = False
        self.has_outcome = False
        """Whether what came of the task was written to its row."""

    def report(self, progress: float, stage: str) -> None:
        """Say how far the work is (0 to 1), as often as you like, from any thread.

        Raises `Stopped` when the worker stops, so that a computing thread ends.
        """
        if self._stopped:
            raise Stopped
        self._progress, self._stage = min(max(progress, 0.0), 1.0), stage

    @asynccontextmanager
    async def finishing(self) -> AsyncIterator[Finish]:
        """The transaction that stores data and outcome of the task.

        Raises `Superseded` at its end, undoing everything, when this attempt is no
        longer the one that may finish, or the user is gone.
        """
        try:
            async with self.resources.database.session() as session:
                finish = Finish(session)
                yield finish
                await self._settle(
                    session,
                    status=TaskStatus.COMPLETED,
                    progress=1.0,
                    stage=None,
                    result_data=finish.result,
                    error_code=None,
                    error_message=None,
                    completed_at=datetime.now(UTC),
                )
        except IntegrityError as error:
            # Rows of somebody whose account was deleted meanwhile cannot be stored.
            if not await self._is_mine():
                raise Superseded from error
            raise

    async def fail(self, code: str, message: str) -> None:
        """End the task as failed. Raises `Superseded`."""
        async with self.resources.database.session() as session:
            await self._settle(
                session,
                status=TaskStatus.FAILED,
                stage=None,
                error_code=code,
                error_message=message,
                completed_at=datetime.now(UTC),
            )

    async def give_back(self) -> None:
        """Let the task wait for its next attempt. Raises `Superseded`."""
        async with self.resources.database.session() as session:
            await self._settle(session, status=TaskStatus.PENDING, stage=None)

    async def _settle(self, session: AsyncSession, **values: object) -> None:
        settled = await count_changed(
            session, update(BackgroundTask).where(*self._mine()).values(**values)
        )
        if settled != 1:
            raise Superseded
        self.has_outcome = True

    async def _is_mine(self) -> bool:
        async with self.resources.database.session() as session:
            mine = select(col(BackgroundTask.id)).where(*self._mine())
            return await session.scalar(mine) is not None

    def _mine(self) -> tuple[Any, ...]:
        """The row, as long as this attempt is the one that may write it."""
        return (
            col(BackgroundTask.id) == self.id,
            col(BackgroundTask.attempt) == self.attempt,
            col(BackgroundTask.status) == TaskStatus.PROCESSING,
        )

    @asynccontextmanager
    async def reporting(self) -> AsyncIterator[None]:
        """While the context lasts, reports are written to the row, four a second at most."""
        writer = asyncio.create_task(self._write_reports())
        try:
            yield
        finally:
            self._stopped = True
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer

    async def _write_reports(self) -> None:
        written: tuple[float, str | None] = (0.0, None)
        while True:
            await asyncio.sleep(REPORT_SECONDS)
            current = (self._progress, self._stage)
            if current == written:
                continue
            try:
                async with self.resources.database.session() as session:
                    await session.execute(
                        update(BackgroundTask)
                        .where(*self._mine())
                        .values(progress=current[0], stage=current[1])
                    )
            except (SQLAlchemyError, OSError):
                # Only a report: the outcome is what must be written.
                log.warning("task.report_lost", task_id=str(self.id))
                continue
            written = current
