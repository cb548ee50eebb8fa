"""Begin, poll, result: the three things that a user does with a task."""

from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from unwrapped.core.exceptions import Conflict, NotFound
from unwrapped.core.fields import Schema
from unwrapped.tasks.models import ACTIVE, BackgroundTask, TaskStatus
from unwrapped.tasks.queue import enqueue
from unwrapped.tasks.schemas import TaskRead

_ROWS = SQLModel.metadata.tables[str(BackgroundTask.__tablename__)]


class TaskNotFound(NotFound):
    """There is no such task, or it is somebody else's."""

    code = "task_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such task.")


class TaskNotCompleted(Conflict):
    """The task has no result yet."""

    code = "task_not_completed"


class TaskFailed(Conflict):
    """The task has ended without a result."""

    code = "task_failed"


# Core, and put together once: half the time of the same through the ORM.
_BEGIN = (
    insert(_ROWS)
    .on_conflict_do_nothing(
        index_elements=["user_id", "kind", "key"], index_where=text(ACTIVE)
    )
    .returning(_ROWS.c.created_at)
)


# A look at a task is what clients do most: its columns, and no entity, by a statement
# that is put together once.
_STATUS = select(*(_ROWS.c[name] for name in TaskRead.model_fields))
_STATUS_OF_ONE = _STATUS.where(
    _ROWS.c.id == bindparam("task_id"), _ROWS.c.user_id == bindparam("user_id")
)


class TaskService:
    """The tasks of users, in the transaction of a request."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def begin_task(
        self, user_id: int, kind: str, key: str, params: Schema
    ) -> BackgroundTask:
        """The active task of this key; begun now, row and job in one, if there is none."""
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        row: dict[str, Any] = {
            "id": uuid4(),
            "user_id": user_id,
            "kind": kind,
            "key": key,
            "params": params.model_dump(mode="json"),
            "request_id": request_id,
        }
        while True:
            inserted = await self._session.execute(_BEGIN, row)
            created_at = inserted.scalar_one_or_none()
            if created_at is not None:
                await enqueue(self._session, kind, row["id"])
                return BackgroundTask(**row, created_at=created_at)
            active = await self._session.scalar(
                select(BackgroundTask).where(
                    col(BackgroundTask.user_id) == user_id,
                    col(BackgroundTask.kind) == kind,
                    col(BackgroundTask.key) == key,
                    text(ACTIVE),
                )
            )
            # None when it ended between the two statements: then there is room for a new one.
            if active is not None:
                return active

    async def poll_task(self, user_id: int, task_id: UUID) -> TaskRead:
        """The task as it stands. Raises `TaskNotFound`."""
        mine = {"task_id": task_id, "user_id": user_id}
        row = (await self._session.execute(_STATUS_OF_ONE, mine)).one_or_none()
        if row is None:
            raise TaskNotFound
        return TaskRead.model_validate(row)

    async def latest_task(
        self, user_id: int, kind: str, task_id: UUID | None = None
    ) -> TaskRead:
        """The latest task of a kind, or the one of that id. Raises `TaskNotFound`."""
        mine = _STATUS.where(_ROWS.c.user_id == user_id, _ROWS.c.kind == kind)
        if task_id is not None:
            mine = mine.where(_ROWS.c.id == task_id)
        latest = mine.order_by(_ROWS.c.created_at.desc(), _ROWS.c.id.desc()).limit(1)
        row = (await self._session.execute(latest)).one_or_none()
        if row is None:
            raise TaskNotFound
        return TaskRead.model_validate(row)

    async def get_result(self, user_id: int, task_id: UUID) -> dict[str, Any]:
        """What the task has come to, in short.

        Raises `TaskNotFound`, `TaskNotCompleted`, saying where it stands, or
        `TaskFailed`, saying why.
        """
        require_completed(await self.poll_task(user_id, task_id))
        found = await self._session.scalar(
            select(_ROWS.c.result_data).where(_ROWS.c.id == task_id)
        )
        return found or {}


def require_completed(task: TaskRead) -> None:
    """Raises `TaskNotCompleted` or `TaskFailed` unless the task has a result."""
    match task.status:
        case TaskStatus.COMPLETED:
            return
        case TaskStatus.FAILED:
            raise TaskFailed(f"The task failed: {task.error_message}")
        case TaskStatus.CANCELLED:
            raise TaskFailed("The task was cancelled.")
        case _:
            raise TaskNotCompleted(
                f"The task is {task.status}; ask again when it is completed."
            )
