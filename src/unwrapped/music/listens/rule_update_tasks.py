"""Updates histories that follow earlier versions of the rules, in a task for each."""

from contextlib import suppress

from sqlalchemy import select

from unwrapped.core.process_resources import Resources
from unwrapped.core.schemas import Schema
from unwrapped.music.store.models import history
from unwrapped.music.store.state import RULES
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.models import Priority
from unwrapped.tasks.service import TaskService, TooManyTasks
from unwrapped.tasks.settings import TaskSettings

AT_ONCE = 100
"""The maximum number of tasks that one run begins."""


class SettlingParams(Schema):
    """No parameters: the row of the task has the user."""


@task_kind(
    "music.settling",
    SettlingParams,
    alone=True,
    loads=("unwrapped.music.store.rule_updates",),
)
async def settle_listens(task: RunningTask, params: SettlingParams) -> None:
    """Update the marks and names of a history to the current rules."""
    from unwrapped.music.store.rule_updates import settled_history

    async with task.finishing() as finish:
        state = await settled_history(finish.session, task.user_id)
        finish.result = {"rules": state.rules}


async def begin_settling(resources: Resources) -> int:
    """Begin tasks for histories that follow other rules; return the number of these."""
    tasks_per_user = resources.settings_of(TaskSettings).tasks_per_user
    async with resources.database.session() as session:
        found = await session.scalars(
            select(history.c.user_id)
            .where(history.c.rules != RULES)
            .order_by(history.c.user_id)
            .limit(AT_ONCE)
        )
        tasks = TaskService(session, tasks_per_user)
        due = list(found)
        for user_id in due:
            with suppress(TooManyTasks):  # a later run begins the task
                await tasks.begin_task(
                    user_id,
                    settle_listens.name,
                    RULES,
                    SettlingParams(),
                    Priority.BATCH,
                )
    return len(due)
