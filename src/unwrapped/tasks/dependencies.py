"""Dependencies of endpoints that show or begin tasks."""

from collections.abc import AsyncIterator
from typing import Annotated
from uuid import UUID

from fastapi import Depends

from unwrapped.auth.dependencies import StreamingUser
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.tasks.schemas import TaskState
from unwrapped.tasks.service import TaskService
from unwrapped.tasks.serving.web_process import web_tasks
from unwrapped.tasks.settings import TaskSettings


async def get_task_service(session: SessionDep, resources: ResourcesDep) -> TaskService:
    """The service for tasks, in the request's transaction."""
    return TaskService(session, resources.settings_of(TaskSettings).tasks_per_user)


TaskServiceDep = Annotated[TaskService, Depends(get_task_service)]


async def get_task_states(
    task_id: UUID, user: StreamingUser, resources: ResourcesDep
) -> AsyncIterator[AsyncIterator[TaskState]]:
    """The states of a task of the caller.

    Raises `TaskNotFound` or `TooManyStreams` before the first state.
    """
    feed = web_tasks(resources).feed
    most = resources.settings_of(TaskSettings).event_streams_per_user
    with feed.admitted(user.id, most):
        async with resources.database.session() as session:
            await TaskService(session).poll_task(user.id, task_id)
        yield feed.watch(task_id)


TaskStatesDep = Annotated[AsyncIterator[TaskState], Depends(get_task_states)]
"""The current state of a task, and each later one until it has ended."""
