"""The task in which a model writes the verdict of an analysis."""

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import AppException, Unavailable
from unwrapped.core.process_resources import Resources
from unwrapped.core.settings_sources import InvalidSettings
from unwrapped.music.analysis.models import Analysis, ModelDraft
from unwrapped.music.analysis.schemas import ModelVerdictParams
from unwrapped.music.consent.service import (
    ModelConsentNeeded,
    ModelNotConfigured,
    has_agreed,
)
from unwrapped.music.critic.language_model.settings import (
    CriticName,
    CriticSettings,
    ModelAddress,
    model_of,
)
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.models import ENDED, BackgroundTask, Priority
from unwrapped.tasks.retry_policy import RetryPolicy
from unwrapped.tasks.service import TaskService

if TYPE_CHECKING:
    from unwrapped.music.critic.language_model.brief import Brief
    from unwrapped.music.critic.language_model.client import AsksModel, Messages
    from unwrapped.music.critic.verdict import Verdict

KIND = "music.model_verdict"
AT_ONCE = 2
"""The most tasks that ask a model at the same time, over all workers."""

DEADLINE = timedelta(minutes=40)
"""Enough for two answers of at most ten minutes each, both requested in two forms."""

RETRY = RetryPolicy(first=timedelta(seconds=10), factor=4.0)
LONGEST_WAIT = timedelta(minutes=10)
"""A server that asks to wait longer than this is not tried again."""

CUT_SHORT = (
    "The house wrote this verdict: the request to the model ended before its answer."
)


async def begin_asking(
    session: AsyncSession, tasks: TaskService, analysis: Analysis, brief: "Brief"
) -> UUID:
    """Begin the task in which a model writes a verdict; return the id of the task."""
    from unwrapped.music.critic.language_model.brief import briefs

    params = ModelVerdictParams(analysis=analysis.id)
    task = await tasks.begin_task(
        analysis.user_id, KIND, str(analysis.id), params, Priority.INTERACTIVE
    )
    draft = ModelDraft(
        analysis_id=analysis.id,
        task_id=task.id,
        brief=briefs().dump_json(brief).decode(),
    )
    session.add(draft)
    await session.flush()
    return task.id


async def _settle(
    session: AsyncSession, analysis_id: UUID, verdict: "Verdict"
) -> str | None:
    """Store the final verdict of an analysis, and delete its draft.

    Returns the title; None if the draft no longer exists, and nothing is stored then.
    """
    from unwrapped.music.analysis.coordinator import without_file_names
    from unwrapped.music.analysis.portrait_versions import read_stored

    # Sharing the analysis also locks its row and deletes the draft: only one of the two wins.
    found = select(Analysis).where(col(Analysis.id) == analysis_id).with_for_update()
    analysis = await session.scalar(found)
    drafts = delete(ModelDraft).where(col(ModelDraft.analysis_id) == analysis_id)
    gone = await session.scalar(drafts.returning(col(ModelDraft.task_id)))
    if analysis is None or gone is None:
        return None
    portrait = replace(read_stored(analysis.portrait), verdict=verdict)
    analysis.title = verdict.title
    analysis.portrait = msgspec.json.encode(portrait).decode()
    analysis.public_portrait = msgspec.json.encode(
        without_file_names(portrait)
    ).decode()
    analysis.critic = CriticName(verdict.critic)
    analysis.seen_at = None
    return analysis.title


async def settle_drafts_of(resources: Resources, task_id: UUID) -> None:
    """Keep the house's verdict after a task has ended without a verdict of the model."""
    async with resources.database.session() as session:
        found = select(ModelDraft).where(col(ModelDraft.task_id) == task_id)
        draft = await session.scalar(found)
        if draft is not None:
            await _let_house_stand(session, draft.analysis_id)


async def sweep_drafts(resources: Resources) -> int:
    """Keep the house's verdict for drafts whose task will not run again.

    Returns the number of these drafts.
    """
    async with resources.database.session() as session:
        ended = or_(
            col(BackgroundTask.id).is_(None),
            col(BackgroundTask.status).in_(ENDED) & ~col(BackgroundTask.retryable),
        )
        found = await session.scalars(
            select(col(ModelDraft.analysis_id))
            .outerjoin(
                BackgroundTask, col(BackgroundTask.id) == col(ModelDraft.task_id)
            )
            .where(ended)
            .order_by(col(ModelDraft.created_at))
            .limit(100)
        )
        left = list(found)
        for analysis_id in left:
            await _let_house_stand(session, analysis_id)
    return len(left)


async def _let_house_stand(session: AsyncSession, analysis_id: UUID) -> None:
    from unwrapped.music.analysis.portrait_versions import read_stored
    from unwrapped.music.critic.language_model.model_critic import written_by_house

    stored = select(col(Analysis.portrait)).where(col(Analysis.id) == analysis_id)
    portrait = await session.scalar(stored)
    if portrait is not None:
        house = written_by_house(read_stored(portrait).verdict, CUT_SHORT)
        await _settle(session, analysis_id, house)


@task_kind(
    KIND,
    ModelVerdictParams,
    limit=AT_ONCE,
    deadline=DEADLINE,
    retry=RETRY,
    ended=settle_drafts_of,
)
async def ask_model(task: RunningTask, params: ModelVerdictParams) -> None:
    """Ask a model for the verdict of an analysis, and store the result.

    The task completes whatever the model and its server do: without a usable answer the
    analysis keeps the house's verdict, with the reason.
    """
    # The first task that needs Polars and the HTTP client loads them.
    from unwrapped.music.analysis.portrait_versions import read_stored
    from unwrapped.music.critic.language_model.brief import briefs

    async with task.resources.database.session() as session:
        found = await session.execute(
            select(col(ModelDraft.brief), col(Analysis.portrait))
            .join(Analysis, col(Analysis.id) == col(ModelDraft.analysis_id))
            .where(col(Analysis.id) == params.analysis)
        )
        draft = found.one_or_none()
    task.report(0.1, "asking_model")
    verdict = None
    if draft is not None:
        house = read_stored(draft.portrait).verdict
        verdict = await _verdict(task, briefs().validate_json(draft.brief), house)
    async with task.finishing() as finish:
        if verdict is not None:
            title = await _settle(finish.session, params.analysis, verdict)
            finish.result = {"title": title, "critic": verdict.critic}


async def _verdict(task: RunningTask, brief: "Brief", house: "Verdict") -> "Verdict":
    """The final verdict. Raises a temporary error if the task will be tried again."""
    from unwrapped.music.critic.language_model.model_critic import (
        ModelCritic,
        written_by_house,
    )

    try:
        model = _model(task.resources)
        return await ModelCritic(_Permitted(task, model), model.name).write(
            brief, house
        )
    except AppException as error:
        if _may_pass(error) and task.attempt < RETRY.attempts:
            raise
        return written_by_house(house, f"The house wrote this verdict. {error.message}")


def _model(resources: Resources) -> ModelAddress:
    try:
        model = model_of(resources.settings_of(CriticSettings))
    except InvalidSettings as error:
        raise ModelNotConfigured from error
    if model is None:
        raise ModelNotConfigured
    return model


def _may_pass(error: AppException) -> bool:
    from unwrapped.music.critic.language_model.client import ModelRefuses
    from unwrapped.shared.api_client import UnexpectedAnswer

    if isinstance(error, (ModelRefuses, UnexpectedAnswer)):
        return False
    waits = error.retry_after if isinstance(error, Unavailable) else None
    return isinstance(error, Unavailable) and (
        waits is None or waits <= LONGEST_WAIT.total_seconds()
    )


class _Permitted:
    """Asks the model, after checking each time that the listener still agrees."""

    def __init__(self, task: RunningTask, model: ModelAddress) -> None:
        self._task = task
        self._model = model

    async def complete(self, messages: "Messages") -> str:
        """The model's answer. Raises `ModelConsentNeeded` and what `AsksModel` raises."""
        from unwrapped.music.critic.language_model.client import ModelConnections

        resources = self._task.resources
        async with resources.database.session() as session:
            if not await has_agreed(session, self._task.user_id, self._model):
                raise ModelConsentNeeded
        settings = resources.settings_of(CriticSettings)
        server: AsksModel = ModelConnections.of(resources).server(self._model, settings)
        return await server.complete(messages)
