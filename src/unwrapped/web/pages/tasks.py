"""The screen of tasks: their progress, canceling and retrying; and functions for other
screens that show tasks.
"""

from uuid import UUID

from fastapi import Request, Response

from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.shared.pagination_parameters import CursorQuery
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.models import ENDED, TaskStatus
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskService
from unwrapped.tasks.settings import TaskSettings
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import IMPORT as IMPORTS
from unwrapped.web.pages.links import (
    PORTRAITS,
    SYNC,
    TASKS,
    import_of,
    portrait_of,
    removal_of,
)
from unwrapped.web.pages.screen import Screen, ScreenDep, User, screen_router
from unwrapped.web.wording import STAGES

router = screen_router()

TASKS_A_PAGE = 30

IMPORT, ANALYSIS, REMOVAL = "music.import", "music.analysis", "music.removal"
ASKING = "music.model_verdict"
TITLES = {
    IMPORT: "An import",
    ANALYSIS: "A verdict",
    ASKING: "A verdict that a model writes",
    "music.import_removal": "Removing an import",
    REMOVAL: "Removing plays",
    "music.settling": "Putting the history in order",
    "music.spotify_sync": "A sync from Spotify",
}
OF_ONE = {IMPORT: import_of, ANALYSIS: portrait_of, REMOVAL: removal_of}
"""The kinds of tasks that have a screen for each task."""

OF_KIND = {
    "music.import_removal": IMPORTS,
    "music.spotify_sync": SYNC,
    ASKING: PORTRAITS,
}
"""The kinds of tasks that have a screen for all tasks of the kind."""


class NoFields(Schema):
    """A form that consists of a button."""


def is_active(task: TaskRead) -> bool:
    """Whether a task waits or runs."""
    return task.status not in ENDED


def screen_of(task: TaskRead) -> str:
    """The path of the screen that shows a task or its result."""
    of_one = OF_ONE.get(task.kind)
    return of_one(task.id) if of_one else OF_KIND.get(task.kind, TASKS)


def title_of(task: TaskRead) -> str:
    """The title of a task, by its kind."""
    return TITLES.get(task.kind, "Work in the background")


def stages() -> dict[str, str]:
    """The words for stages, by name, for the script that shows the progress of a task."""
    return dict(STAGES)


class TaskForm(Schema):
    """The form of a button that cancels or retries a task."""

    listed: bool = False
    """Whether the button was in the list of tasks, which is then shown again."""


@router.get(TASKS)
async def show_tasks(
    screen: ScreenDep,
    user: User,
    tasks: TaskServiceDep,
    resources: ResourcesDep,
    cursor: CursorQuery = None,
) -> Response:
    """Show the tasks, the latest first."""
    return await _show_list(screen, user.id, tasks, resources, Form(), cursor)


async def _show_list(
    screen: Screen,
    user_id: int,
    tasks: TaskService,
    resources: Resources,
    form: Form[TaskForm],
    cursor: str | None = None,
) -> Response:
    page = await tasks.list_tasks(user_id, TASKS_A_PAGE, cursor)
    active = [task for task in page.items if is_active(task)]
    # The script follows the first task only: running tasks come before waiting ones.
    active.sort(key=lambda task: task.status is not TaskStatus.PROCESSING)
    return screen.show(
        "pages/tasks.html",
        form=form,
        active=[(task, title_of(task)) for task in active],
        ended=[
            (task, title_of(task), _result_of(task))
            for task in page.items
            if not is_active(task)
        ],
        stages=stages(),
        cursor=cursor,
        next_cursor=page.next_cursor,
        kept_days=resources.settings_of(TaskSettings).task_retention_days,
    )


def _result_of(task: TaskRead) -> str:
    """The path of the screen with the result of a task; "" if there is none."""
    screen = screen_of(task)
    return "" if screen == TASKS or task.status is TaskStatus.CANCELLED else screen


@router.post(TASKS + "/{task_id}/cancel")
async def cancel(
    task_id: UUID,
    request: Request,
    screen: ScreenDep,
    user: User,
    session: SessionDep,
    tasks: TaskServiceDep,
    resources: ResourcesDep,
) -> Response:
    """Cancel a task, which then stores nothing."""
    form = await read_form(request, TaskForm)
    async with form.attempt(session):
        task = await tasks.cancel_task(user.id, task_id)
        return _after(form, task, "task_cancelled")
    return await _show_list(screen, user.id, tasks, resources, form)


@router.post(TASKS + "/{task_id}/retry")
async def retry(
    task_id: UUID,
    request: Request,
    screen: ScreenDep,
    user: User,
    session: SessionDep,
    tasks: TaskServiceDep,
    resources: ResourcesDep,
) -> Response:
    """Try a failed task again."""
    form = await read_form(request, TaskForm)
    async with form.attempt(session):
        task = await tasks.retry_task(user.id, task_id)
        return _after(form, task, "task_again")
    return await _show_list(screen, user.id, tasks, resources, form)


def _after(form: Form[TaskForm], task: TaskRead, done: str) -> Response:
    """Redirect to the list, or to the screen of the task, which shows its state."""
    return redirect(TASKS, done) if form.value.listed else redirect(screen_of(task))
