"""Endpoints to follow tasks of any kind."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.problems import problems
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskFailed, TaskNotCompleted, TaskNotFound

router = APIRouter(prefix="/tasks", tags=["tasks"])


@router.get("/{task_id}", responses=problems(*SIGNED_IN, TaskNotFound))
async def read_task(
    task_id: UUID, user: CurrentUser, tasks: TaskServiceDep
) -> TaskRead:
    """A task of the caller as it stands, whatever its kind."""
    return await tasks.poll_task(user.id, task_id)


@router.get(
    "/{task_id}/result",
    responses=problems(*SIGNED_IN, TaskNotFound, TaskNotCompleted, TaskFailed),
)
async def read_result(
    task_id: UUID, user: CurrentUser, tasks: TaskServiceDep
) -> dict[str, Any]:
    """What a task has come to, in short; 409 while it is not completed."""
    return await tasks.get_result(user.id, task_id)
