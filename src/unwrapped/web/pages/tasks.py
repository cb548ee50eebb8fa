"""What screens know of a task that is under way: how far it is, cancel, try again."""

from uuid import UUID

from fastapi import Response

from unwrapped.core.fields import Schema
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.models import ENDED
from unwrapped.tasks.schemas import TaskRead
from unwrapped.web.pages.forms import redirect
from unwrapped.web.pages.guard import User, screen_router
from unwrapped.web.pages.links import (
    HOME,
    PORTRAITS,
    import_of,
    portrait_of,
    removal_of,
)
from unwrapped.web.wording import STAGES

router = screen_router()

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


class NoFields(Schema):
    """A form that is a button."""


def is_active(task: TaskRead) -> bool:
    """Whether something may still come of a task by itself."""
    return task.status not in ENDED


def screen_of(task: TaskRead) -> str:
    """The screen that shows a task."""
    if task.kind == IMPORT:
        return import_of(task.id)
    if task.kind == REMOVAL:
        return removal_of(task.id)
    if task.kind == ASKING:
        return PORTRAITS
    return portrait_of(task.id) if task.kind == ANALYSIS else HOME


def title_of(task: TaskRead) -> str:
    """What a task is called."""
    return TITLES.get(task.kind, "Work in the background")


def stages() -> dict[str, str]:
    """The words for stages, for the script that follows a task."""
    return {name or "": words for name, words in STAGES.items()}


@router.post("/tasks/{task_id}/cancel")
async def cancel(task_id: UUID, user: User, tasks: TaskServiceDep) -> Response:
    """Cancel a task; nothing of it is stored."""
    return redirect(screen_of(await tasks.cancel_task(user.id, task_id)))


@router.post("/tasks/{task_id}/retry")
async def retry(task_id: UUID, user: User, tasks: TaskServiceDep) -> Response:
    """Try a failed task again."""
    return redirect(screen_of(await tasks.retry_task(user.id, task_id)))
