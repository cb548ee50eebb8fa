"""What tasks plug into the application."""

from datetime import timedelta
from typing import TYPE_CHECKING

from unwrapped.core.domain import Domain, PeriodicJob
from unwrapped.tasks.models import PeriodicTick
from unwrapped.tasks.personal_data import PERSONAL_DATA
from unwrapped.tasks.queue import forget_queue_log, requeue_lost
from unwrapped.tasks.retention import forget_old_tasks
from unwrapped.tasks.serving.web_process import is_worker_ready, lifespan
from unwrapped.tasks.settings import TaskSettings

if TYPE_CHECKING:
    from fastapi import APIRouter
    from prometheus_client import CollectorRegistry

    from unwrapped.core.http.metrics import Meter


def load_router() -> "APIRouter":
    """The endpoints."""
    from unwrapped.tasks.router import router

    return router


def load_meter(registry: "CollectorRegistry") -> "Meter":
    """The metrics."""
    from unwrapped.tasks.metrics import TaskMeter

    return TaskMeter(registry)


DOMAIN = Domain(
    name="tasks",
    load_router=load_router,
    lifespan=lifespan,
    readiness={"worker": is_worker_ready},
    settings=(TaskSettings,),
    periodic_jobs=(
        PeriodicJob("tasks.lost_jobs", timedelta(minutes=1), requeue_lost),
        PeriodicJob("tasks.queue_log", timedelta(hours=1), forget_queue_log),
        PeriodicJob("tasks.retention", timedelta(hours=1), forget_old_tasks),
    ),
    personal_data=PERSONAL_DATA,
    fleeting=(PeriodicTick,),
    load_meter=load_meter,
)
