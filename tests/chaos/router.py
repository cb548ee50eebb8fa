"""The endpoint that begins tasks of the chaos test."""

from tests.chaos.domain import Order, Params, kind_name
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.http.routing import ApiRouter
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.schemas import TaskRead

router = ApiRouter(prefix="/chaos", tags=["chaos"])


@router.post("/tasks", status_code=202)
async def begin(order: Order, user: CurrentUser, tasks: TaskServiceDep) -> TaskRead:
    """Begin a task; idempotent while it is under way."""
    params = Params(seconds=order.seconds)
    task = await tasks.begin_task(user.id, kind_name(order.work), order.key, params)
    return TaskRead.model_validate(task)
