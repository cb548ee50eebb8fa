"""Deleting tasks that ended long ago."""

from datetime import timedelta

from sqlalchemy import delete, func, select

from unwrapped.core.database import count_changed
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.models import TASKS
from unwrapped.tasks.settings import TaskSettings

AT_ONCE = 1_000


async def forget_old_tasks(resources: Resources) -> int:
    """Delete the rows of tasks older than `TASK_RETENTION_DAYS`; return their number.

    They are deleted in small transactions: after a long pause there can be millions.
    """
    settings = resources.settings_of(TaskSettings)
    old = (
        select(TASKS.c.id)
        .where(
            TASKS.c.completed_at < func.now() - timedelta(settings.task_retention_days)
        )
        .order_by(TASKS.c.completed_at)
        .limit(AT_ONCE)
    )
    forgotten = 0
    while True:
        async with resources.database.session() as session:
            deleted = await count_changed(
                session, delete(TASKS).where(TASKS.c.id.in_(old))
            )
        forgotten += deleted
        if deleted < AT_ONCE:
            return forgotten
