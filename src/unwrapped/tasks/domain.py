"""What tasks plug into the application."""

from datetime import timedelta
from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain, Sweep
from unwrapped.tasks.personal_data import PERSONAL_DATA
from unwrapped.tasks.queue import requeue_lost
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
    sweeps=(Sweep("tasks.lost_jobs", timedelta(minutes=1), requeue_lost),),
    personal_data=PERSONAL_DATA,
)
