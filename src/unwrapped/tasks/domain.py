"""What tasks plug into the application."""

from datetime import timedelta
from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain, PeriodicJob
from unwrapped.tasks.personal_data import PERSONAL_DATA
from unwrapped.tasks.queue import forget_queue_log, requeue_lost
from unwrapped.tasks.retention import forget_old_tasks
from unwrapped.tasks.settings import TaskSettings

if TYPE_CHECKING:
    from fastapi import APIRouter


def load_router() -> "APIRouter":
    """The endpoints."""
    from unwrapped.tasks.router import router

    return router


DOMAIN = Domain(
    name="tasks",
    load_router=load_router,
    settings=TaskSettings,
    periodic_jobs=(
        PeriodicJob("tasks.lost_jobs", timedelta(minutes=1), requeue_lost),
        PeriodicJob("tasks.queue_log", timedelta(hours=1), forget_queue_log),
        PeriodicJob("tasks.retention", timedelta(hours=1), forget_old_tasks),
    ),
    personal_data=PERSONAL_DATA,
)
