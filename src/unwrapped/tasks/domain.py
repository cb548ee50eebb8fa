"""What tasks plug into the application."""

from datetime import timedelta

from unwrapped.core.domain import Domain, Sweep
from unwrapped.tasks.queue import requeue_lost
from unwrapped.tasks.router import router

DOMAIN = Domain(
    name="tasks",
    router=router,
    sweeps=(Sweep("tasks.lost_jobs", timedelta(minutes=1), requeue_lost),),
)
