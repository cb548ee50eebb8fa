"""The task that judges a period."""

from unwrapped.music.analysis.schemas import AnalysisParams
from unwrapped.music.analysis.service import KIND
from unwrapped.tasks.execution.running import RunningTask
from unwrapped.tasks.kinds import task_kind


@task_kind(
    KIND,
    AnalysisParams,
    alone=True,
    loads=(
        "unwrapped.music.analysis.coordinator",
        "unwrapped.music.critic.house",
        "unwrapped.music.read_model.encoding",
        "unwrapped.music.read_model.overlay",
        "unwrapped.music.read_model.reading",
    ),
)
async def judge_taste(task: RunningTask, params: AnalysisParams) -> None:
    """Judge a period of the user's whole history and store the snapshot."""
    # Polars is loaded by the first task that needs it.
    from unwrapped.music.analysis.coordinator import (
        AnalysisCoordinator,
        DataCollector,
        ResultPersister,
    )
    from unwrapped.music.critic.house import HouseCritic

    collector = DataCollector(task.resources)
    coordinator = AnalysisCoordinator(collector, HouseCritic())
    portrait = await coordinator.analyze_user_data(task.user_id, params, task.report)
    async with task.finishing() as finish:
        persister = ResultPersister(finish.session)
        analysis = await persister.save_result(task.user_id, task.id, portrait)
        finish.result = {"title": analysis.title}
