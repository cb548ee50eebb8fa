"""What endpoints ask for to begin and to follow tasks."""

from typing import Annotated

from fastapi import Depends

from unwrapped.core.dependencies import SessionDep
from unwrapped.tasks.service import TaskService


async def get_task_service(session: SessionDep) -> TaskService:
    """Tasks, in the request's transaction."""
    return TaskService(session)


TaskServiceDep = Annotated[TaskService, Depends(get_task_service)]
