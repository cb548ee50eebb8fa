"""Removes listens: a few in the request, many in a task."""

import hashlib

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.schemas import Schema
from unwrapped.music.history.period import Period
from unwrapped.music.listens.filters import ListenFilter
from unwrapped.music.listens.schemas import Removal
from unwrapped.music.listens.service import ListenService
from unwrapped.music.read_model.copies import write_copy
from unwrapped.music.sources.logs import LogName
from unwrapped.shared.zones import parse_zone
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.models import Priority
from unwrapped.tasks.service import TaskService

MOST_AT_ONCE = 1_000
"""The maximum number of listens that a request removes; more are removed in a task."""


class RemovalParams(Schema):
    """The listens to remove."""

    source: LogName | None
    period: str | None
    zone: str
    artist: str | None
    album: str | None = None
    track: str | None = None

    @property
    def wanted(self) -> ListenFilter:
        """The filter that selects them."""
        return ListenFilter(
            source=self.source,
            period=None if self.period is None else Period.parse(self.period),
            zone=parse_zone(self.zone),
            artist=self.artist,
            album=self.album,
            track=self.track,
        )


@task_kind(
    "music.removal",
    RemovalParams,
    alone=True,
    loads=(
        "unwrapped.music.read_model.encoding",
        "unwrapped.music.read_model.from_database",
        "unwrapped.music.store.removal",
    ),
)
async def remove_listens(task: RunningTask, params: RemovalParams) -> None:
    """Remove listens of a listener."""
    async with task.finishing() as finish:
        service = ListenService(finish.session)
        deleted = await service.delete_listens(task.user_id, params.wanted)
        finish.result = {"deleted": deleted}
    await write_copy(task.resources, task.user_id)


class RemovalService:
    """Removes listens of a listener, or begins a task that does."""

    def __init__(self, session: AsyncSession, tasks: TaskService) -> None:
        self._listens = ListenService(session)
        self._tasks = tasks

    async def remove(
        self, user_id: int, wanted: ListenFilter, *, dry_run: bool = False
    ) -> Removal:
        """Remove up to `MOST_AT_ONCE` listens now, more in a task.

        With `dry_run` they are only counted. Raises `NothingNamed`; `HistoryBusy` if
        listens cannot be removed now since the history is being changed; `TooManyTasks`.
        """
        count = await self._listens.count_listens(user_id, wanted)
        if dry_run:
            return Removal(listens=count, task=None)
        if count <= MOST_AT_ONCE:
            deleted = await self._listens.delete_listens(user_id, wanted, wait=False)
            return Removal(listens=deleted, task=None)
        params = RemovalParams(
            source=wanted.source,
            period=None if wanted.period is None else str(wanted.period),
            zone=wanted.zone.key,
            artist=wanted.artist,
            album=wanted.album,
            track=wanted.track,
        )
        key = hashlib.sha256(params.model_dump_json().encode()).hexdigest()
        task = await self._tasks.begin_task(
            user_id, remove_listens.name, key, params, Priority.INTERACTIVE
        )
        return Removal(listens=count, task=task)
