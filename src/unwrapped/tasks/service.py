"""What a user does with tasks: begin, follow, cancel, retry, and read the result."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from sqlalchemy import (
    Select,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import Conflict, NotFound, TooManyRequests
from unwrapped.core.schemas import Schema
from unwrapped.shared.pagination import Listing, Page
from unwrapped.tasks.kinds import require_declared
from unwrapped.tasks.models import ACTIVE, TASKS, Priority, TaskStatus
from unwrapped.tasks.queue import PLACE, enqueue, hurry
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.settings import TASKS_PER_USER

_LISTING = Listing("tasks", (datetime, UUID))
_PLACE = (TASKS.c.created_at, TASKS.c.id)


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


class TaskHasEnded(Conflict):
    """The task has ended: there is nothing to cancel."""

    code = "task_has_ended"


class TaskNotRetryable(Conflict):
    """The task did not fail, or would fail in the same way again."""

    code = "task_not_retryable"


class TaskActiveAlready(Conflict):
    """The same work was begun again meanwhile, and is under way."""

    code = "task_active_already"


class TooManyTasks(TooManyRequests):
    """The caller has as many active tasks as one person may have."""

    code = "too_many_tasks"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"{most} of your tasks wait or run already, which is as many as one person may"
            " have. Wait until one has ended, or cancel one."
        )


# Core columns instead of entities, built once: half the time of the ORM.
READ_COLUMNS = tuple(TASKS.c[name] for name in TaskRead.model_fields)
_BEGIN = (
    insert(TASKS)
    .on_conflict_do_nothing(
        index_elements=["user_id", "kind", "key"], index_where=text(ACTIVE)
    )
    .returning(*READ_COLUMNS, PLACE)
)
_FORGET = delete(TASKS).where(TASKS.c.id == bindparam("task_id"))
_ACTIVE_ONE = select(*READ_COLUMNS).where(
    TASKS.c.user_id == bindparam("user_id"),
    TASKS.c.kind == bindparam("kind"),
    TASKS.c.key == bindparam("key"),
    text(ACTIVE),
)
_NAMED = (TASKS.c.id == bindparam("task_id"), TASKS.c.user_id == bindparam("owner"))
_STATUS_OF_ONE = select(*READ_COLUMNS).where(*_NAMED)
_CANCEL = (
    update(TASKS)
    .where(*_NAMED, text(ACTIVE))
    .values(
        status=TaskStatus.CANCELLED,
        stage=None,
        next_attempt_at=None,
        completed_at=func.clock_timestamp(),
    )
    .returning(*READ_COLUMNS)
)
_RETRY = (
    update(TASKS)
    .where(*_NAMED, TASKS.c.status == TaskStatus.FAILED, TASKS.c.retryable)
    .values(
        status=TaskStatus.PENDING,
        progress=0.0,
        uncounted=TASKS.c.attempt,
        error_code=None,
        error_message=None,
        retryable=False,
        completed_at=None,
    )
    .returning(*READ_COLUMNS, TASKS.c.version, PLACE)
)


class TaskService:
    """The tasks of users, in the transaction of a request."""

    def __init__(self, session: AsyncSession, most: int = TASKS_PER_USER) -> None:
        self._session = session
        self._most = most
        """The most active tasks of one person."""

    async def begin_task(
        self,
        user_id: int,
        kind: str,
        key: str,
        params: Schema,
        priority: Priority = Priority.BATCH,
    ) -> TaskRead:
        """Return the active task of this key; begin it if there is none.

        Row and job are one transaction. Raises `TooManyTasks`, or `ValueError` for a kind
        that is not declared; then nothing has begun.
        """
        require_declared(kind)
        request_id = structlog.contextvars.get_contextvars().get("request_id")
        row: dict[str, Any] = {
            "id": uuid4(),
            "user_id": user_id,
            "kind": kind,
            "key": key,
            "params": params.model_dump(mode="json"),
            "priority": priority,
            "request_id": request_id,
        }
        same = {"user_id": user_id, "kind": kind, "key": key}
        while True:
            begin = row | {"most": self._most}
            inserted = (await self._session.execute(_BEGIN, begin)).one_or_none()
            if inserted is not None:
                if inserted.place is None:
                    await self._session.execute(_FORGET, {"task_id": row["id"]})
                    raise TooManyTasks(self._most)
                await enqueue(self._session, kind, row["id"], inserted.place)
                return TaskRead.model_validate(inserted)
            active = (await self._session.execute(_ACTIVE_ONE, same)).one_or_none()
            # None if it ended between the two statements: then a new one can begin.
            if active is not None:
                return TaskRead.model_validate(active)

    async def poll_task(self, user_id: int, task_id: UUID) -> TaskRead:
        """Return the task. Raises `TaskNotFound`."""
        return await self._read(_STATUS_OF_ONE, {"task_id": task_id, "owner": user_id})

    async def latest_task(
        self, user_id: int, kind: str, task_id: UUID | None = None
    ) -> TaskRead:
        """The latest task of a kind, or the one with that id. Raises `TaskNotFound`."""
        mine = _listed(user_id, kind, None)
        if task_id is not None:
            mine = mine.where(TASKS.c.id == task_id)
        latest = mine.order_by(*(column.desc() for column in _PLACE)).limit(1)
        return await self._read(latest, {})

    async def list_tasks(
        self,
        user_id: int,
        limit: int,
        cursor: str | None,
        kind: str | None = None,
        status: TaskStatus | None = None,
    ) -> Page[TaskRead]:
        """Tasks, the latest first. Raises `BadCursor`."""
        query = _listed(user_id, kind, status)
        query = _LISTING.newest_first(query, _PLACE, limit, cursor)
        rows = (await self._session.execute(query)).all()
        page = _LISTING.page(rows, limit, lambda row: (row.created_at, row.id))
        return page.of(TaskRead.model_validate)

    async def get_result(self, user_id: int, task_id: UUID) -> dict[str, Any]:
        """Return the result of the task, in short.

        Raises `TaskNotFound`, `TaskNotCompleted` with its status, or `TaskFailed` with
        the reason.
        """
        require_completed(await self.poll_task(user_id, task_id))
        found = await self._session.scalar(
            select(TASKS.c.result_data).where(TASKS.c.id == task_id)
        )
        return found or {}

    async def cancel_task(self, user_id: int, task_id: UUID) -> TaskRead:
        """Cancel the task; running work stops at its next step.

        Raises `TaskNotFound`, or `TaskHasEnded` if it ended in another way.
        """
        named = {"task_id": task_id, "owner": user_id}
        row = (await self._session.execute(_CANCEL, named)).one_or_none()
        if row is not None:
            await hurry(self._session, task_id)
            return TaskRead.model_validate(row)
        task = await self.poll_task(user_id, task_id)
        if task.status is TaskStatus.CANCELLED:
            return task
        raise TaskHasEnded(f"The task has {task.status} already.")

    async def retry_task(self, user_id: int, task_id: UUID) -> TaskRead:
        """Put a failed task into the queue again; its earlier attempts no longer count.

        Raises `TaskNotFound`, `TaskNotRetryable`, `TaskActiveAlready` or `TooManyTasks`.
        """
        named = {"task_id": task_id, "owner": user_id, "most": self._most}
        try:
            async with self._session.begin_nested():
                row = (await self._session.execute(_RETRY, named)).one_or_none()
                if row is not None and row.place is None:
                    raise TooManyTasks(self._most)
        except (
            IntegrityError
        ) as error:  # the only constraint it can violate is one active task per key
            raise TaskActiveAlready(
                "The same task has been begun again already."
            ) from error
        if row is None:
            task = await self.poll_task(user_id, task_id)
            raise TaskNotRetryable(_why_not(task))
        await enqueue(self._session, row.kind, task_id, row.place, version=row.version)
        return TaskRead.model_validate(row)

    async def _read(
        self, query: Select[*tuple[Any, ...]], named: dict[str, object]
    ) -> TaskRead:
        row = (await self._session.execute(query, named)).one_or_none()
        if row is None:
            raise TaskNotFound
        return TaskRead.model_validate(row)


def _listed(
    user_id: int, kind: str | None, status: TaskStatus | None
) -> Select[*tuple[Any, ...]]:
    query = select(*READ_COLUMNS).where(TASKS.c.user_id == user_id)
    if kind is not None:
        query = query.where(TASKS.c.kind == kind)
    return query if status is None else query.where(TASKS.c.status == status)


def _why_not(task: TaskRead) -> str:
    if task.status is TaskStatus.FAILED:
        return f"It would fail in the same way again: {task.error_message}"
    return f"Only a failed task can be retried; this one is {task.status}."


def require_completed(task: TaskRead) -> None:
    """Raise `TaskNotCompleted` or `TaskFailed` unless the task has a result."""
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
