"""Beginning an analysis, polling its task, and reading its result."""

from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import sign_in
from tests.exports import extended_row
from tests.music.factories import make_analysis, make_task, store
from unwrapped.core.process_resources import Resources
from unwrapped.music.analysis.schemas import AnalysisParams
from unwrapped.music.analysis.service import (
    AnalysisNotFound,
    AnalysisService,
    NothingToAnalyse,
)
from unwrapped.music.history.period import Period
from unwrapped.tasks.models import BackgroundTask
from unwrapped.tasks.service import (
    TaskFailed,
    TaskNotCompleted,
    TaskNotFound,
    TaskService,
)

UTC = ZoneInfo("UTC")


@pytest.fixture
def analyses(session: AsyncSession) -> AnalysisService:
    return AnalysisService(session, TaskService(session))


async def test_a_task_gets_the_period_and_zone(
    analyses: AnalysisService, session: AsyncSession, resources: Resources
) -> None:
    user = (await sign_in(resources)).id
    with pytest.raises(NothingToAnalyse):
        await analyses.begin(user, Period(), UTC)
    await store(session, user, [[extended_row()]])
    period = Period.parse("2023-05-01..2023-05-31")
    task = await analyses.begin(user, period, ZoneInfo("Asia/Tokyo"))
    row = await session.get_one(BackgroundTask, task.id)
    params = AnalysisParams.model_validate(row.params)
    assert (params.period, params.zone) == ("2023-05", "Asia/Tokyo")
    assert (await analyses.poll(user, None)).id == task.id
    assert (await analyses.poll(user, task.id)).id == task.id
    with pytest.raises(TaskNotCompleted, match="pending"):
        await analyses.get_result(user, task.id)


async def test_listens_that_are_all_shadowed_or_short_can_be_analysed(
    analyses: AnalysisService, session: AsyncSession, resources: Resources
) -> None:
    """The profile, not the service, finds out whether there is a play."""
    user = (await sign_in(resources)).id
    await store(session, user, [[extended_row(ms_played=0)]])
    assert (await analyses.begin(user, Period(), UTC)).status == "pending"


async def test_an_ended_analysis_is_begun_again(
    analyses: AnalysisService, session: AsyncSession, resources: Resources
) -> None:
    user = (await sign_in(resources)).id
    await store(session, user, [[extended_row()]])
    first = await analyses.begin(user, Period(), UTC)
    await session.execute(update(BackgroundTask).values(status="completed"))
    second = await analyses.begin(user, Period(), UTC)
    assert second.id != first.id


async def test_results(
    analyses: AnalysisService, session: AsyncSession, resources: Resources
) -> None:
    user, other = [(await sign_in(resources)).id for _ in range(2)]
    kind = {"kind": "music.analysis", "status": "completed"}
    task = await make_task(session, user, **kind, result_data={})
    with pytest.raises(AnalysisNotFound):
        await analyses.get_result(user, task.id)
    await make_analysis(session, user, id=task.id, portrait="the portrait")
    assert await analyses.get_result(user, task.id) == "the portrait"
    for user_id, task_id in ((other, task.id), (user, uuid4()), (other, None)):
        with pytest.raises(TaskNotFound):
            await analyses.get_result(user_id, task_id)
    failed = await make_task(
        session, user, kind=kind["kind"], status="failed", error_message="No play."
    )
    with pytest.raises(TaskFailed, match="No play"):
        await analyses.get_result(user, failed.id)
