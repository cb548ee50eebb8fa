"""Taking a task up, and the right to write its row that comes with it.

Each time a task is taken up it gets a new attempt number, which is never used again. Only
whoever holds the latest one may write the row, and only while the task is under way: a
worker that was taken for dead and comes back writes nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Interval,
    Update,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from unwrapped.core.database import Database, count_changed
from unwrapped.tasks.failures import ATTEMPTS_EXHAUSTED
from unwrapped.tasks.models import ACTIVE, BackgroundTask, TaskStatus

ROWS = SQLModel.metadata.tables[str(BackgroundTask.__tablename__)]
"""The table; statements on it are put together once, which halves what they cost."""

_NAMED = ROWS.c.id == bindparam("task_id")
_COUNTED = ROWS.c.attempt - ROWS.c.uncounted
_CLAIM = (
    update(ROWS)
    .where(_NAMED, text(ACTIVE), bindparam("attempts") > _COUNTED)
    .values(
        status=TaskStatus.PROCESSING,
        attempt=ROWS.c.attempt + 1,
        progress=0.0,
        stage=None,
        next_attempt_at=None,
        started_at=func.coalesce(ROWS.c.started_at, func.now()),
    )
    .returning(
        ROWS.c.user_id,
        ROWS.c.attempt,
        ROWS.c.uncounted,
        ROWS.c.params,
        ROWS.c.request_id,
    )
)
_EXHAUST = (
    update(ROWS)
    .where(_NAMED, text(ACTIVE), bindparam("attempts") <= _COUNTED)
    .values(
        status=TaskStatus.FAILED,
        stage=None,
        error_code=ATTEMPTS_EXHAUSTED.code,
        error_message=ATTEMPTS_EXHAUSTED.message,
        retryable=True,
        completed_at=func.clock_timestamp(),
    )
)
_MINE = (
    _NAMED,
    ROWS.c.attempt == bindparam("mine"),
    ROWS.c.status == TaskStatus.PROCESSING,
)
_WRITE = update(ROWS).where(*_MINE)
# Times are the database's: clocks of machines differ.
_END = _WRITE.values(completed_at=func.clock_timestamp(), stage=None)
_WAIT = _WRITE.values(
    status=TaskStatus.PENDING,
    stage=None,
    next_attempt_at=func.now() + bindparam("delay", type_=Interval),
)
_LOOK = select(ROWS.c.id).where(*_MINE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A task in the hands of a worker."""

    task_id: UUID
    user_id: int
    attempt: int
    uncounted: int
    params: dict[str, Any]
    request_id: str | None

    @property
    def counted(self) -> int:
        """The attempts so far, this one among them, that count."""
        return self.attempt - self.uncounted

    async def write(self, session: AsyncSession, **values: object) -> bool:
        """Change the row; False when it is no longer ours to write."""
        return await self._write(session, _WRITE, values)

    async def end(self, session: AsyncSession, **values: object) -> bool:
        """Give the row its final status and what else; False when it is not ours."""
        return await self._write(session, _END, values)

    async def wait(self, session: AsyncSession, delay: timedelta) -> bool:
        """Let the task wait for its next attempt; False when it is not ours."""
        return await self._write(session, _WAIT, {"delay": delay})

    async def holds(self, session: AsyncSession) -> bool:
        """Whether the row is still ours to write."""
        return await session.scalar(_LOOK, self._mine) is not None

    async def _write(
        self, session: AsyncSession, statement: Update, values: dict[str, object]
    ) -> bool:
        return await count_changed(session, statement, self._mine | values) == 1

    @property
    def _mine(self) -> dict[str, object]:
        return {"task_id": self.task_id, "mine": self.attempt}


async def claim(database: Database, task_id: UUID, attempts: int) -> Claim | None:
    """Take a task up, with this attempt counted; None when nothing is left to be done.

    A task that was taken up `attempts` times fails here: each time its worker died.
    """
    named = {"task_id": task_id, "attempts": attempts}
    async with database.autocommit() as session:
        row = (await session.execute(_CLAIM, named)).one_or_none()
        if row is not None:
            return Claim(task_id, *row)
        await session.execute(_EXHAUST, named)
    return None
