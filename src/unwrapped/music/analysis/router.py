"""Endpoints of analyses: begin one, read its status, read its result."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import SessionDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.core.postgres.rate_limits import RateLimited
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.analysis.service import (
    AnalysisNotFound,
    AnalysisService,
    NothingToAnalyse,
)
from unwrapped.music.consent.router import ConsentServiceDep
from unwrapped.music.consent.service import ModelConsentNeeded, ModelNotConfigured
from unwrapped.music.critic.language_model.settings import CriticName
from unwrapped.music.history.period import Period, UnknownPeriod
from unwrapped.music.listens.query_parameters import PeriodQuery, ZoneQuery
from unwrapped.shared.zones import UnknownZone, parse_zone
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import (
    TaskFailed,
    TaskNotCompleted,
    TaskNotFound,
    TooManyTasks,
)

router = ApiRouter(prefix="/music/analysis", tags=["music"])

ANSWER: dict[int | str, dict[str, Any]] = {200: {"model": Portrait}}

TaskQuery = Annotated[
    UUID | None,
    Query(description="The id of the analysis task; by default the latest one."),
]

CriticQuery = Annotated[
    CriticName | None,
    Query(
        description="Who writes the verdict: `house`, the built-in critic, or `model`, the"
        " language model of this server, if the caller agreed to it (`/music/model-consent`)."
        " The default is the model if the caller agreed to it, otherwise the house."
    ),
]


async def get_analysis_service(
    session: SessionDep, tasks: TaskServiceDep
) -> AnalysisService:
    """The service of analyses, in the request's transaction."""
    return AnalysisService(session, tasks)


AnalysisServiceDep = Annotated[AnalysisService, Depends(get_analysis_service)]


@router.post(
    "/begin",
    status_code=202,
    responses=problems(
        *SIGNED_IN,
        UnknownPeriod,
        UnknownZone,
        ModelNotConfigured,
        ModelConsentNeeded,
        RateLimited,
        NothingToAnalyse,
        TooManyTasks,
    ),
)
async def begin_analysis(
    user: CurrentUser,
    analyses: AnalysisServiceDep,
    consents: ConsentServiceDep,
    period: PeriodQuery = "all",
    tz: ZoneQuery = None,
    critic: CriticQuery = None,
) -> TaskRead:
    """Begin judging the caller's taste in a period; idempotent while it is under way.

    If a model is to write the verdict, the house writes one first. The `result` of this
    task then has the id of the task that asks the model as `model_task`. When that task has
    ended, the same analysis has the verdict of the model, or that of the house with the
    reason why.
    """
    zone, of = parse_zone(tz or user.time_zone), Period.parse(period)
    writes = await consents.choose(user.id, critic)
    return await analyses.begin(user.id, of, zone, writes)


@router.get("/status", responses=problems(*SIGNED_IN, TaskNotFound))
async def read_analysis_status(
    user: CurrentUser, analyses: AnalysisServiceDep, task: TaskQuery = None
) -> TaskRead:
    """Return the status of an analysis."""
    return await analyses.poll(user.id, task)


@router.get(
    "/result",
    responses=ANSWER
    | problems(
        *SIGNED_IN, TaskNotFound, AnalysisNotFound, TaskNotCompleted, TaskFailed
    ),
)
async def read_analysis(
    user: CurrentUser, analyses: AnalysisServiceDep, task: TaskQuery = None
) -> Response:
    """Return the portrait of a completed analysis, as `unwrapped analyze --json` prints it."""
    portrait = await analyses.get_result(user.id, task)
    return Response(portrait, media_type="application/json")
