"""Beginning an analysis, following it, and its result."""

import hashlib
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import Conflict, NotFound
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.analysis.schemas import AnalysisParams, AnalysisRead
from unwrapped.music.corrections.store import read_standing
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
    """There is no such analysis, or it is somebody else's."""

    code = "analysis_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such analysis.")


class AnalysisService:
    """Analyses of one listener."""

    def __init__(self, session: AsyncSession, tasks: TaskService) -> None:
        self._session = session
        self._tasks = tasks

    async def begin(self, user_id: int, period: Period, zone: ZoneInfo) -> TaskRead:
        """The task that judges a period; begun now if it is not under way.

        Raises `NothingToAnalyse`.
        """
        if not await self.has_listens(user_id):
            raise NothingToAnalyse
        params = AnalysisParams(period=str(period), zone=zone.key)
        # Under other corrections it is another one, also while one is under way.
        standing = await read_standing(self._session, user_id)
        of = f"{params.model_dump_json()} {standing.version} {standing.zone}"
        key = hashlib.sha256(of.encode()).hexdigest()
        return await self._tasks.begin_task(
            user_id, KIND, key, params, Priority.INTERACTIVE
        )

    async def has_listens(self, user_id: int) -> bool:
        """Whether there is anything to judge."""
        any_listen = (
            select(listen.c.user_id).where(listen.c.user_id == user_id).limit(1)
        )
        return await self._session.scalar(any_listen) is not None

    async def poll(self, user_id: int, task_id: UUID | None) -> TaskRead:
        """The latest analysis task, or that of the id. Raises `TaskNotFound`."""
        return await self._tasks.latest_task(user_id, KIND, task_id)

    async def list_analyses(
        self, user_id: int, limit: int, cursor: str | None
    ) -> Page[AnalysisRead]:
        """Verdicts, the latest first, without their portraits. Raises `BadCursor`."""
        place = (col(Analysis.created_at), col(Analysis.id))
        query = select(
            *place, col(Analysis.period), col(Analysis.zone), col(Analysis.title)
        ).where(col(Analysis.user_id) == user_id)
        found = await self._session.execute(
            _LISTING.newest_first(query, place, limit, cursor)
        )
        page = _LISTING.page(found.all(), limit, lambda row: (row.created_at, row.id))
        return page.of(AnalysisRead.model_validate)

    async def get_result(self, user_id: int, task_id: UUID | None) -> str:
        """The portrait of a completed task as JSON.

        A portrait outlives its task, which is forgotten after a while. Raises
        `TaskNotFound`, `TaskNotCompleted` or `TaskFailed`.
        """
        try:
            task = await self.poll(user_id, task_id)
        except TaskNotFound:
            portrait = await self._portrait(user_id, task_id)
            if portrait is None:
                raise
            return portrait
        require_completed(task)
        return await self.get_portrait(user_id, task.id)

    async def get_portrait(self, user_id: int, analysis_id: UUID) -> str:
        """The portrait of an analysis as JSON. Raises `AnalysisNotFound`."""
        portrait = await self._portrait(user_id, analysis_id)
        if portrait is None:
            raise AnalysisNotFound
        return portrait

    async def _portrait(self, user_id: int, analysis_id: UUID | None) -> str | None:
        """The portrait of that id, or the latest one."""
        portraits = select(col(Analysis.portrait)).where(
            col(Analysis.user_id) == user_id
        )
        if analysis_id is not None:
            portraits = portraits.where(col(Analysis.id) == analysis_id)
        latest = portraits.order_by(
            col(Analysis.created_at).desc(), col(Analysis.id).desc()
        )
        return await self._session.scalar(latest.limit(1))
