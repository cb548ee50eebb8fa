"""Screens of verdicts: judge a period, list earlier verdicts, show one and share it."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import Request, Response
from pydantic import Field

from unwrapped.auth.dependencies import UserServiceDep
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.exceptions import Invalid
from unwrapped.core.schemas import Schema
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.analysis.router import AnalysisServiceDep
from unwrapped.music.analysis.service import AnalysisNotFound, AnalysisService
from unwrapped.music.consent.router import ConsentServiceDep
from unwrapped.music.consent.schemas import ModelConsentRead
from unwrapped.music.critic.language_model.settings import CriticName
from unwrapped.music.history.period import Period
from unwrapped.music.shares.router import LINK_PATH, ShareServiceDep
from unwrapped.shared.pagination_parameters import CursorQuery
from unwrapped.shared.zones import parse_zone
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskNotFound, TaskService
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import PORTRAITS, portrait_of
from unwrapped.web.pages.screen import Screen, ScreenDep, User, screen_router
from unwrapped.web.pages.tasks import ANALYSIS, is_active, stages
from unwrapped.web.portrait_links import PortraitLinks
from unwrapped.web.portrait_page import portrait_values

router = screen_router()

PORTRAITS_A_PAGE = 30
LOOPBACK = ("127.0.0.1", "::1", "localhost")
RECENT = 20


class Span(StrEnum):
    """How a form selects the period to judge."""

    ALL = "all"
    YEAR = "year"
    DAYS = "days"


class PeriodForm(Schema):
    """The form that asks for a verdict on a period."""

    span: Span = Span.ALL
    year: Annotated[int, Field(ge=1900, le=9999)] | None = None
    first: date | None = None
    last: date | None = None
    critic: CriticName | None = None

    def period(self) -> Period:
        """The selected period. Raises `Invalid` if it is incomplete or contradictory."""
        span = self._wanted_span()
        if span is Span.ALL:
            return Period()
        if span is Span.YEAR:
            if self.year is None:
                raise Invalid("Which year? Write it beside “A year”.")
            return Period.parse(f"{self.year:04}")
        if self.first is None or self.last is None:
            raise Invalid("Give the first and the last day.")
        return Period.parse(f"{self.first}..{self.last}")

    def _wanted_span(self) -> Span:
        """The chosen span; a field that is filled in counts like its button.

        Without a script, people fill in a field and leave the button on “Everything”.
        """
        wanted = set() if self.span is Span.ALL else {self.span}
        if self.year is not None:
            wanted.add(Span.YEAR)
        if self.first is not None or self.last is not None:
            wanted.add(Span.DAYS)
        if len(wanted) > 1:
            raise Invalid("That is a year and two days at once. Empty one of them.")
        return wanted.pop() if wanted else Span.ALL


class Lifetime(StrEnum):
    """How long a link or a token is valid."""

    UNTIL_REVOKED = "until_revoked"
    DAY = "1"
    WEEK = "7"
    MONTH = "30"
    YEAR = "365"

    def end(self) -> datetime | None:
        """The moment when it expires, counted from now; None for no end."""
        if self is Lifetime.UNTIL_REVOKED:
            return None
        return datetime.now(UTC) + timedelta(days=int(self))


class ShareForm(Schema):
    """The form that shares a verdict."""

    with_name: bool = False
    lifetime: Lifetime = Lifetime.UNTIL_REVOKED


@router.get(PORTRAITS)
async def show_portraits(
    screen: ScreenDep,
    user: User,
    analyses: AnalysisServiceDep,
    tasks: TaskServiceDep,
    consents: ConsentServiceDep,
    cursor: CursorQuery = None,
) -> Response:
    """Show the form to judge a period, and earlier verdicts."""
    consent = await consents.read(user.id)
    return await _show_list(screen, user.id, analyses, tasks, consent, Form(), cursor)


@router.post(PORTRAITS)
async def judge(
    request: Request,
    screen: ScreenDep,
    user: User,
    session: SessionDep,
    analyses: AnalysisServiceDep,
    tasks: TaskServiceDep,
    consents: ConsentServiceDep,
) -> Response:
    """Begin judging a period."""
    form = await read_form(request, PeriodForm)
    async with form.attempt(session):
        zone = parse_zone(user.time_zone)
        period = form.value.period()
        critic = await consents.choose(user.id, form.value.critic)
        task = await analyses.begin(user.id, period, zone, critic)
        return redirect(portrait_of(task.id))
    consent = await consents.read(user.id)
    return await _show_list(screen, user.id, analyses, tasks, consent, form, None)


async def _show_list(
    screen: Screen,
    user_id: int,
    analyses: AnalysisService,
    tasks: TaskService,
    consent: ModelConsentRead,
    form: Form[PeriodForm],
    cursor: str | None,
) -> Response:
    page = await analyses.list_analyses(user_id, PORTRAITS_A_PAGE, cursor)
    recent = await tasks.list_tasks(user_id, RECENT, None, ANALYSIS)
    return screen.show(
        "pages/portraits.html",
        form=form,
        consent=consent,
        portraits=page.items,
        next_cursor=page.next_cursor,
        active=[task for task in recent.items if is_active(task)],
        has_listens=await analyses.has_listens(user_id),
        last_year=datetime.now(UTC).year - 1,
    )


@router.get(PORTRAITS + "/{analysis_id}")
async def show_portrait(
    analysis_id: UUID,
    screen: ScreenDep,
    user: User,
    analyses: AnalysisServiceDep,
    tasks: TaskServiceDep,
    users: UserServiceDep,
) -> Response:
    """Show a verdict of the caller, or the progress of its task while it is formed."""
    try:
        portrait = await analyses.read_portrait(user.id, analysis_id)
    except AnalysisNotFound:
        try:
            task = await tasks.poll_task(user.id, analysis_id)
        except TaskNotFound:
            task = None
        if task is None or task.kind != ANALYSIS:
            raise
        return screen.show("pages/portrait_task.html", task=task, stages=stages())
    judged = read_stored(portrait)
    return screen.show(
        "pages/portrait.html",
        portrait_values(judged, links=PortraitLinks(judged)),
        analysis_id=analysis_id,
        asking=await _asking(user.id, analysis_id, analyses, tasks),
        stages=stages(),
        display_name=(await users.get_user(user.id)).display_name,
    )


async def _asking(
    user_id: int, analysis_id: UUID, analyses: AnalysisService, tasks: TaskService
) -> TaskRead | None:
    """The task that asks a model for a verdict, if it can still complete or be retried."""
    task_id = await analyses.pending_model(user_id, analysis_id)
    if task_id is None:
        return None
    with suppress(TaskNotFound):
        task = await tasks.poll_task(user_id, task_id)
        return task if is_active(task) or task.retryable else None
    return None


@router.post(PORTRAITS + "/{analysis_id}/share")
async def share(
    request: Request,
    analysis_id: UUID,
    screen: ScreenDep,
    user: User,
    session: SessionDep,
    shares: ShareServiceDep,
    resources: ResourcesDep,
) -> Response:
    """Create a link to a verdict, and show it; it is not shown again."""
    form = await read_form(request, ShareForm)
    async with form.attempt(session):
        wanted = form.value
        made = await shares.create(
            user.id, analysis_id, wanted.lifetime.end(), with_name=wanted.with_name
        )
        path = f"{LINK_PATH}/{made.token}"
        link = f"{resources.settings.backend_url or ''}{path}"
        return screen.show(
            "pages/shared.html",
            share=made.share,
            path=path,
            link=link,
            is_only_here=urlsplit(link).hostname in LOOPBACK,
        )
    return screen.show("pages/refused.html", form=form, back=portrait_of(analysis_id))
