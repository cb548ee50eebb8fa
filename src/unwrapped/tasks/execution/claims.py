"""Claiming a task, and the right to write its row.

Each claim gives a task a new attempt number, which is never reused. Only the holder of
the latest number may write the row, and only while the task is under way: a worker that
was taken for dead and comes back cannot write.
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
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import Database, count_changed
from unwrapped.tasks.failures import ATTEMPTS_EXHAUSTED
from unwrapped.tasks.models import ACTIVE, TASKS, TaskStatus

# Every attempt runs this, directly with the driver: in half the time of SQLAlchemy.
# A job can arrive too early, if its delay could not be stored in the queue.
_CLAIM = f"""UPDATE background_task SET status = '{TaskStatus.PROCESSING}',
    attempt = attempt + 1, progress = 0, stage = NULL, next_attempt_at = NULL,
    started_at = coalesce(started_at, now()), updated_at = now()
WHERE id = $1 AND {ACTIVE} AND attempt - uncounted < $2
AND (next_attempt_at IS NULL OR next_attempt_at <= now())
RETURNING user_id, attempt, uncounted, params, request_id"""  # noqa: S608 - our names
_EXHAUST = f"""UPDATE background_task SET status = '{TaskStatus.FAILED}', stage = NULL,
    error_code = $3, error_message = $4, retryable = true,
    completed_at = clock_timestamp(), updated_at = now()
WHERE id = $1 AND {ACTIVE} AND attempt - uncounted >= $2"""  # noqa: S608 - our names

_NAMED = TASKS.c.id == bindparam("task_id")
_MINE = (
    _NAMED,
    TASKS.c.attempt == bindparam("mine"),
    TASKS.c.status == TaskStatus.PROCESSING,
)
_WRITE = update(TASKS).where(*_MINE)
# Times come from the database: clocks of machines differ.
_END = _WRITE.values(completed_at=func.clock_timestamp(), stage=None)
_WAIT = _WRITE.values(
    status=TaskStatus.PENDING,
    stage=None,
    next_attempt_at=func.now() + bindparam("delay", type_=Interval),
)
_LOOK = select(TASKS.c.status).where(*_MINE[:2])


@dataclass(frozen=True, slots=True)
class Claim:
    """A task that a worker has claimed."""

    task_id: UUID
    user_id: int
    attempt: int
    uncounted: int
    params: dict[str, Any]
    request_id: str | None

    @property
    def counted(self) -> int:
        """The attempts so far that count, including this one."""
        return self.attempt - self.uncounted

    async def write(self, session: AsyncSession, **values: object) -> bool:
        """Change the row; return False if this attempt may no longer write it."""
        return await self._write(session, _WRITE, values)

    async def end(self, session: AsyncSession, **values: object) -> bool:
        """Set the final status and other columns; return False as `write` does."""
        return await self._write(session, _END, values)

    async def wait(self, session: AsyncSession, delay: timedelta) -> bool:
        """Let the task wait for its next attempt; return False as `write` does."""
        return await self._write(session, _WAIT, {"delay": delay})

    async def standing(self, session: AsyncSession) -> TaskStatus | None:
        """The task's status in this attempt; None if there is a later attempt, or no
        task. This attempt may write the row while the status is `processing`.
        """
        found: TaskStatus | None = await session.scalar(_LOOK, self._mine)
        return found

    async def _write(
        self, session: AsyncSession, statement: Update, values: dict[str, object]
    ) -> bool:
        return await count_changed(session, statement, self._mine | values) == 1

    @property
    def _mine(self) -> dict[str, object]:
        return {"task_id": self.task_id, "mine": self.attempt}


async def claim(database: Database, task_id: UUID, attempts: int) -> Claim | None:
    """Claim a task and count the attempt; return None if nothing is left to do.

    A task that was claimed `attempts` times fails here: its worker died each time.
    """
    async with database.driver() as driver:
        row = await driver.fetchrow(_CLAIM, task_id, attempts)
        if row is None:
            died = (ATTEMPTS_EXHAUSTED.code, ATTEMPTS_EXHAUSTED.message)
            await driver.execute(_EXHAUST, task_id, attempts, *died)
            return None
    return Claim(task_id, *row)
