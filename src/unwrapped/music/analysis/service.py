"""Beginning an analysis, polling its task, and reading its result."""

import hashlib
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import Conflict, NotFound
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.music.analysis.models import Analysis, ModelDraft
from unwrapped.music.analysis.schemas import AnalysisParams, AnalysisRead
from unwrapped.music.corrections.store import read_standing
from unwrapped.music.critic.language_model.settings import CriticName
from unwrapped.music.history.period import Period
from unwrapped.music.store.models import listen
from unwrapped.shared.pagination import Listing, Page
from unwrapped.tasks.models import Priority
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskNotFound, TaskService, require_completed

KIND = "music.analysis"
_LISTING = Listing("analyses", (datetime, UUID))


class NothingToAnalyse(Conflict):
    """The listener has no listens yet."""

    code = "nothing_to_analyse"

    def __init__(self) -> None:
        super().__init__("There are no listens yet. Upload an export and import it.")


class AnalysisNotFound(NotFound):
    """The analysis does not exist, or belongs to another listener."""

    code = "analysis_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such analysis.")


class AnalysisService:
    """Begins and reads analyses of listeners."""

    def __init__(self, session: AsyncSession, tasks: TaskService) -> None:
        self._session = session
        self._tasks = tasks

    async def begin(
        self,
        user_id: int,
        period: Period,
        zone: ZoneInfo,
        critic: CriticName = CriticName.HOUSE,
    ) -> TaskRead:
        """Return the task that judges a period; begin one if none is under way.

        Raises `NothingToAnalyse`.
        """
        if not await self.has_listens(user_id):
            raise NothingToAnalyse
        params = AnalysisParams(period=str(period), zone=zone.key, critic=critic)
        # The key has the version of the corrections: after a change, a new task begins even
        # while one of the same period is under way.
        standing = await read_standing(self._session, user_id)
        of = f"{params.model_dump_json()} {standing.version} {standing.zone}"
        key = hashlib.sha256(of.encode()).hexdigest()
        return await self._tasks.begin_task(
            user_id, KIND, key, params, Priority.INTERACTIVE
        )

    async def has_listens(self, user_id: int) -> bool:
        """Whether the listener has any listens."""
        any_listen = (
            select(listen.c.user_id).where(listen.c.user_id == user_id).limit(1)
        )
        return await self._session.scalar(any_listen) is not None

    async def poll(self, user_id: int, task_id: UUID | None) -> TaskRead:
        """The analysis task with the id, by default the latest. Raises `TaskNotFound`."""
        return await self._tasks.latest_task(user_id, KIND, task_id)

    async def list_analyses(
        self,
        user_id: int,
        limit: int,
        cursor: str | None,
        period: Period | None = None,
    ) -> Page[AnalysisRead]:
        """Verdicts without their portraits, the latest first.

        With `period`, only those of that period. Raises `BadCursor`.
        """
        place = (col(Analysis.created_at), col(Analysis.id))
        query = select(
            *place,
            col(Analysis.period),
            col(Analysis.zone),
            col(Analysis.title),
            col(Analysis.critic),
        ).where(col(Analysis.user_id) == user_id)
        if period is not None:
            query = query.where(col(Analysis.period) == str(period))
        found = await self._session.execute(
            _LISTING.newest_first(query, place, limit, cursor)
        )
        page = _LISTING.page(found.all(), limit, lambda row: (row.created_at, row.id))
        return page.of(AnalysisRead.model_validate)

    async def get_result(self, user_id: int, task_id: UUID | None) -> str:
        """The portrait of a completed task as JSON, by default of the latest.

        A portrait is kept longer than its task, which is deleted after a while. Raises
        `TaskNotFound`, `TaskNotCompleted`, `TaskFailed` or `AnalysisNotFound`.
        """
        try:
            task = await self.poll(user_id, task_id)
        except TaskNotFound:
            portrait = await self._portrait(user_id, task_id, is_read=True)
            if portrait is None:
                raise
            return portrait
        require_completed(task)
        return await self.read_portrait(user_id, task.id)

    async def read_portrait(self, user_id: int, analysis_id: UUID) -> str:
        """Like `get_portrait`, and note that its owner has read a model's verdict."""
        return _found(await self._portrait(user_id, analysis_id, is_read=True))

    async def get_portrait(self, user_id: int, analysis_id: UUID) -> str:
        """The portrait of an analysis as JSON. Raises `AnalysisNotFound`."""
        return _found(await self._portrait(user_id, analysis_id))

    async def pending_model(self, user_id: int, analysis_id: UUID) -> UUID | None:
        """The id of the task that asks a model for the verdict; None if there is none."""
        asking = (
            select(col(ModelDraft.task_id))
            .join(Analysis, col(Analysis.id) == col(ModelDraft.analysis_id))
            .where(col(Analysis.id) == analysis_id, col(Analysis.user_id) == user_id)
        )
        return await self._session.scalar(asking)

    async def _portrait(
        self, user_id: int, analysis_id: UUID | None, *, is_read: bool = False
    ) -> str | None:
        """The portrait with the id, or by default the latest; None if there is none."""
        portraits = select(
            col(Analysis.id),
            col(Analysis.portrait),
            (
                (col(Analysis.critic) == CriticName.MODEL)
                & col(Analysis.seen_at).is_(None)
            ).label("is_new"),
        ).where(col(Analysis.user_id) == user_id)
        if analysis_id is not None:
            portraits = portraits.where(col(Analysis.id) == analysis_id)
        latest = portraits.order_by(
            col(Analysis.created_at).desc(), col(Analysis.id).desc()
        )
        found = (await self._session.execute(latest.limit(1))).one_or_none()
        if found is None:
            return None
        if is_read and found.is_new:
            await self._note_seen(found.id)
        return str(found.portrait)

    async def _note_seen(self, analysis_id: UUID) -> None:
        seen = update(Analysis).where(col(Analysis.id) == analysis_id)
        try:
            async with self._session.begin_nested():
                await self._session.execute(seen.values(seen_at=func.now()))
        except DBAPIError as error:
            # Reading works on a full disk. The verdict stays unseen, so it cannot be shared.
            if not is_disk_full(error):
                raise


def _found(portrait: str | None) -> str:
    if portrait is None:
        raise AnalysisNotFound
    return portrait
