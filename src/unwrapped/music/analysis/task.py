"""The task that judges a period."""

from unwrapped.music.analysis.schemas import AnalysisParams
from unwrapped.music.analysis.service import KIND
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import task_kind


@task_kind(
    KIND,
    AnalysisParams,
    alone=True,
    loads=(
        "unwrapped.music.analysis.coordinator",
        "unwrapped.music.critic.house_critic",
        "unwrapped.music.read_model.encoding",
        "unwrapped.music.read_model.additions",
        "unwrapped.music.read_model.from_database",
    ),
)
async def judge_taste(task: RunningTask, params: AnalysisParams) -> None:
    """Judge a period of the user's history and store the portrait.

    If a model is to write the verdict, the house's verdict is stored first, and another
    task asks the model.
    """
    # The first task that needs Polars loads it.
    from unwrapped.music.analysis.coordinator import (
        AnalysisCoordinator,
        DataCollector,
        ResultPersister,
    )
    from unwrapped.music.analysis.model_task import begin_asking
    from unwrapped.music.critic.house_critic import HouseCritic
    from unwrapped.tasks.service import TaskService
    from unwrapped.tasks.settings import TaskSettings

    collector = DataCollector(task.resources)
    coordinator = AnalysisCoordinator(collector, HouseCritic())
    judged = await coordinator.judge(task.user_id, params, task.report)
    async with task.finishing() as finish:
        persister = ResultPersister(finish.session)
        analysis = await persister.save_result(task.user_id, task.id, judged.portrait)
        finish.result = {"title": analysis.title}
        if judged.brief is not None:
            most = task.resources.settings_of(TaskSettings).tasks_per_user
            # One more than allowed: this task, which ends now, still counts as active.
            asking = TaskService(finish.session, most + 1)
            begun = await begin_asking(finish.session, asking, analysis, judged.brief)
            finish.result["model_task"] = str(begun)
