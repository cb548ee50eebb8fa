"""The operator's view of all people's tasks: queries only."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import AwareDatetime
from sqlalchemy import Select, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import User
from unwrapped.core.exceptions import Invalid
from unwrapped.core.schemas import Schema
from unwrapped.tasks.models import ACTIVE, TASKS, TaskStatus
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import READ_COLUMNS, TaskNotFound

SHORT = 8
"""Characters of an id that distinguish a task among some ten thousand."""

_HEX_DIGITS = 32
_MOST_NAMED = 4


class UnclearTaskId(Invalid):
    """The text is not the beginning of an id, or is that of several ids."""

    code = "unclear_task_id"


class TaskLine(TaskRead):
    """A task, its owner, and the time of this state."""

    username: str
    version: int
    read_at: AwareDatetime
    """By the clock of the database, like the other times."""

    @property
    def short_id(self) -> str:
        """The beginning of its id, with which commands can name it."""
        return self.id.hex[:SHORT]

    @property
    def waited(self) -> timedelta:
        """From its beginning to its first attempt, or until now."""
        return (self.started_at or self.completed_at or self.read_at) - self.created_at

    @property
    def ran(self) -> timedelta | None:
        """From its first attempt to its end, or until now; None before it."""
        if self.started_at is None:
            return None
        return (self.completed_at or self.read_at) - self.started_at


class TaskDetails(TaskLine):
    """All columns of a task's row."""

    user_id: int
    key: str
    priority: int
    uncounted: int
    params: dict[str, Any]
    result_data: dict[str, Any] | None
    request_id: str | None
    updated_at: AwareDatetime


class QueueOfKind(Schema):
    """How many tasks of a kind are waiting and running."""

    kind: str
    waiting: int
    """Tasks that a worker could take now."""

    postponed: int
    """Tasks that wait for the time of their next attempt."""

    running: int
    longest_wait_seconds: float
    """For how long the first waiting task has been ready; 0 if there is none."""


class Overview(Schema):
    """The queue, and some tasks."""

    queue: list[QueueOfKind]
    tasks: list[TaskLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFilter:
    """A filter: the tasks that match everything given."""

    statuses: frozenset[TaskStatus] = frozenset()
    kind: str | None = None
    user_id: int | None = None

    def of[*R](self, query: Select[*R]) -> Select[*R]:
        """Restrict a query to these tasks."""
        if self.statuses:
            query = query.where(TASKS.c.status.in_(self.statuses))
        if self.kind is not None:
            query = query.where(TASKS.c.kind == self.kind)
        if self.user_id is not None:
            query = query.where(TASKS.c.user_id == self.user_id)
        return query


# A waiting row was last changed when it began to wait.
_due_at = func.greatest(TASKS.c.updated_at, TASKS.c.next_attempt_at)
_waits = TASKS.c.status == TaskStatus.PENDING
_is_due = func.now() >= _due_at
_longest_wait = func.extract(
    "epoch", func.now() - func.min(_due_at).filter(_waits, _is_due)
)
_QUEUE = (
    select(
        TASKS.c.kind,
        func.count().filter(_waits, _is_due).label("waiting"),
        func.count().filter(_waits, ~_is_due).label("postponed"),
        func.count().filter(~_waits).label("running"),
        func.coalesce(_longest_wait, 0)
        .cast(TASKS.c.progress.type)
        .label("longest_wait_seconds"),
    )
    .where(text(ACTIVE))
    .group_by(TASKS.c.kind)
    .order_by(TASKS.c.kind)
)
_OF_LINE = (
    *READ_COLUMNS,
    TASKS.c.version,
    col(User.username),
    func.now().label("read_at"),
)
_OF_DETAILS = (
    *_OF_LINE,
    *(
        TASKS.c[name]
        for name in TaskDetails.model_fields.keys() - TaskLine.model_fields
    ),
)


async def read_overview(
    session: AsyncSession, wanted: TaskFilter, limit: int
) -> Overview:
    """The whole queue, and at most `limit` tasks: running ones, then waiting ones, the
    oldest first; then ended ones, the latest first."""
    active = (
        wanted.of(_joined(*_OF_LINE))
        .where(text(ACTIVE))
        # Running tasks, then waiting ones.
        .order_by(TASKS.c.status.desc(), TASKS.c.created_at, TASKS.c.id)
    )
    ended = (
        wanted.of(_joined(*_OF_LINE))
        .where(TASKS.c.completed_at.is_not(None))
        .order_by(TASKS.c.completed_at.desc(), TASKS.c.id)
    )
    rows = list((await session.execute(active.limit(limit))).all())
    if len(rows) < limit:
        rows += (await session.execute(ended.limit(limit - len(rows)))).all()
    return Overview(
        queue=await read_queue(session),
        tasks=[TaskLine.model_validate(row) for row in rows],
    )


async def read_queue(session: AsyncSession) -> list[QueueOfKind]:
    """Every kind with a waiting or running task."""
    queue = (await session.execute(_QUEUE)).all()
    return [QueueOfKind.model_validate(row) for row in queue]


async def find_task(session: AsyncSession, beginning: str) -> TaskDetails:
    """The task whose id starts with `beginning`, with or without dashes.

    Raises `TaskNotFound`, or `UnclearTaskId`, which names the tasks that it could be.
    """
    first, last = _range_of(beginning)
    query = _joined(*_OF_DETAILS).where(TASKS.c.id.between(first, last))
    query = query.order_by(TASKS.c.id).limit(_MOST_NAMED + 1)
    found = [
        TaskDetails.model_validate(row) for row in (await session.execute(query)).all()
    ]
    if not found:
        raise TaskNotFound
    if len(found) > 1:
        named = [str(task.id) for task in found[:_MOST_NAMED]]
        more = ", and others" if len(found) > _MOST_NAMED else ""
        raise UnclearTaskId(
            f"More than one task has an id that begins like this: {', '.join(named)}{more}."
        )
    return found[0]


def _range_of(beginning: str) -> tuple[UUID, UUID]:
    """The first and the last id with this prefix: a range of the primary key."""
    digits = beginning.replace("-", "").lower()
    if not re.fullmatch(f"[0-9a-f]{{1,{_HEX_DIGITS}}}", digits):
        raise UnclearTaskId(
            "The id of a task, or its beginning, has digits and letters from a to f:"
            " `unwrapped tasks` shows them."
        )
    return UUID(digits.ljust(_HEX_DIGITS, "0")), UUID(digits.ljust(_HEX_DIGITS, "f"))


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    return select(*columns).join(User, col(User.id) == TASKS.c.user_id)
