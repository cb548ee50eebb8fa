"""Endpoints to follow tasks of any kind, to cancel and to retry them."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery
from unwrapped.shared.validators import SafeStr
from unwrapped.tasks.dependencies import TaskServiceDep, TaskStatesDep
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import (
    TaskActiveAlready,
    TaskFailed,
    TaskHasEnded,
    TaskNotCompleted,
    TaskNotFound,
    TaskNotRetryable,
    TooManyTasks,
)
from unwrapped.tasks.serving.feed import TooManyStreams

router = ApiRouter(prefix="/tasks", tags=["tasks"])

KindQuery = Annotated[
    SafeStr | None,
    Query(
        max_length=100,
        description="Only tasks of this kind.",
        examples=["music.import"],
    ),
]
StatusQuery = Annotated[
    TaskStatus | None,
    Query(description="Only tasks with this status.", examples=["processing"]),
]


@router.get("", responses=problems(*SIGNED_IN, BadCursor))
async def list_tasks(
    user: CurrentUser,
    tasks: TaskServiceDep,
    kind: KindQuery = None,
    status: StatusQuery = None,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[TaskRead]:
    """List the caller's tasks, the latest first."""
    return await tasks.list_tasks(user.id, limit, cursor, kind, status)


@router.get("/{task_id}", responses=problems(*SIGNED_IN, TaskNotFound))
async def read_task(
    task_id: UUID, user: CurrentUser, tasks: TaskServiceDep
) -> TaskRead:
    """Return a task of the caller, of any kind."""
    return await tasks.poll_task(user.id, task_id)


@router.get(
    "/{task_id}/result",
    responses=problems(*SIGNED_IN, TaskNotFound, TaskNotCompleted, TaskFailed),
)
async def read_task_result(
    task_id: UUID, user: CurrentUser, tasks: TaskServiceDep
) -> dict[str, Any]:
    """Return the result of a task, in short; 409 unless it is completed."""
    return await tasks.get_result(user.id, task_id)


@router.get(
    "/{task_id}/events",
    response_class=EventSourceResponse,
    responses=problems(*SIGNED_IN, TaskNotFound, TooManyStreams),
)
async def watch_task(states: TaskStatesDep) -> AsyncIterator[ServerSentEvent]:
    """Stream server-sent events: the task, as `GET /tasks/{task_id}` returns it, at
    once and after every change. The stream ends when the task has ended: close it then.
    If it ends earlier (at a restart, or after ten minutes), open it again, as
    `EventSource` does.
    """
    async for state in states:
        yield ServerSentEvent(id=str(state.version), data=state.task)


@router.post(
    "/{task_id}/cancel", responses=problems(*SIGNED_IN, TaskNotFound, TaskHasEnded)
)
async def cancel_task(
    task_id: UUID, user: CurrentUser, tasks: TaskServiceDep
) -> TaskRead:
    """Cancel a task: its status changes at once, and running work stops at its next
    step without storing anything. Cancelling it twice does no harm.
    """
    return await tasks.cancel_task(user.id, task_id)


@router.post(
    "/{task_id}/retry",
    status_code=202,
    responses=problems(
        *SIGNED_IN, TaskNotFound, TaskNotRetryable, TaskActiveAlready, TooManyTasks
    ),
)
async def retry_task(
    task_id: UUID, user: CurrentUser, tasks: TaskServiceDep
) -> TaskRead:
    """Try a failed task again, if it is `retryable`."""
    return await tasks.retry_task(user.id, task_id)
