"""What tasks plug into the application."""

from datetime import timedelta

from unwrapped.core.domain import Domain, Sweep
from unwrapped.tasks.personal_data import PERSONAL_DATA
from unwrapped.tasks.queue import requeue_lost
from unwrapped.tasks.router import router
from unwrapped.tasks.settings import TaskSettings

DOMAIN = Domain(
    name="tasks",
    router=router,
    settings=TaskSettings,
    sweeps=(Sweep("tasks.lost_jobs", timedelta(minutes=1), requeue_lost),),
    personal_data=PERSONAL_DATA,
)
