"""Removes an import, with the records that no other import has."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import Conflict, NotFound
from unwrapped.core.schemas import Schema
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.listens.removals import MOST_AT_ONCE
from unwrapped.music.listens.schemas import Removal
from unwrapped.music.store.listener_sql import run
from unwrapped.music.store.selection import Selection, count_selected
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.models import Priority
from unwrapped.tasks.service import TaskService


class ImportNotFound(NotFound):
    """The caller has no such import."""

    code = "import_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such import.")


class ImportHasNoRecords(Conflict):
    """It is not known which listens an import had."""

    code = "import_has_no_records"

    def __init__(self) -> None:
        super().__init__(
            "An earlier version of this service made this import and did not store which"
            " listens it had. Remove them by their source or by a period."
        )


_ITS_OWN = """SELECT CAST(mine.records - coalesce(history.streamed, '{}') - coalesce(
    (SELECT range_agg(other.records) FROM import_records AS other
    WHERE other.user_id = :user_id AND other.import_id <> mine.import_id),
    '{}') AS text) AS records,
    mine.removals = coalesce(history.removals, 0) AS are_all_stored
FROM import_records AS mine LEFT JOIN history ON history.user_id = mine.user_id
WHERE mine.user_id = :user_id AND mine.import_id = CAST(:import_id AS uuid)"""


# If nothing was removed since, each of these numbers has a row, in `listen` or in
# `also_logged`: so no listen need be read.
_COUNT = """SELECT (SELECT coalesce(sum(upper(run) - lower(run)), 0)
    FROM unnest(CAST(CAST(:records AS text) AS int4multirange)) AS run)
- (SELECT count(*) FROM also_logged WHERE user_id = :user_id
    AND number <@ CAST(CAST(:records AS text) AS int4multirange))"""


class ImportRemovalParams(Schema):
    """The import to remove."""

    import_id: UUID


@task_kind(
    "music.import_removal",
    ImportRemovalParams,
    alone=True,
    loads=("unwrapped.music.store.removal",),
)
async def remove_import(task: RunningTask, params: ImportRemovalParams) -> None:
    """Remove an import of a listener."""
    async with task.finishing() as finish:
        removals = ImportRemovals(finish.session)
        deleted = await removals.delete(task.user_id, params.import_id)
        finish.result = {"deleted": deleted}


class ImportRemovals:
    """Removes imports, in the transaction of the session."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def count(self, user_id: int, import_id: UUID) -> int:
        """The number of listens that only this import has.

        Raises `ImportNotFound` or `ImportHasNoRecords`.
        """
        own = await self._its_own(user_id, import_id)
        if not own.are_all_stored:
            selection = Selection(records=own.records)
            return await count_selected(self._session, user_id, selection)
        found = await run(self._session, user_id, _COUNT, records=own.records)
        return int(found[0][0])

    async def _its_own(self, user_id: int, import_id: UUID) -> Row[Any]:
        """The `records` that only this import has, and whether no listen was removed from
        the history since (`are_all_stored`)."""
        found = await run(self._session, user_id, _ITS_OWN, import_id=str(import_id))
        if found:
            return found[0]
        known = select(col(HistoryImport.id)).where(
            col(HistoryImport.id) == import_id, col(HistoryImport.user_id) == user_id
        )
        if await self._session.scalar(known) is None:
            raise ImportNotFound
        raise ImportHasNoRecords

    async def delete(self, user_id: int, import_id: UUID, *, wait: bool = True) -> int:
        """Remove an import, as if it had never been made; return the number of removed
        listens.

        Raises as `count` does and, unless it may `wait`, `HistoryBusy` during another
        change of the history.
        """
        # A web process loads Polars at its first removal only.
        from unwrapped.music.store.removal import HistoryRemoval
        from unwrapped.music.store.state import lock_history

        await lock_history(self._session, user_id, wait=wait)
        own = await self._its_own(user_id, import_id)
        removal = HistoryRemoval(self._session, user_id)
        deleted = await removal.remove(Selection(records=own.records), wait=wait)
        await self._session.execute(
            delete(HistoryImport).where(
                col(HistoryImport.id) == import_id,
                col(HistoryImport.user_id) == user_id,
            )
        )
        return deleted


class ImportRemovalService:
    """Removes imports of a listener, or begins a task that does."""

    def __init__(self, session: AsyncSession, tasks: TaskService) -> None:
        self._session = session
        self._tasks = tasks

    async def count(self, user_id: int, import_id: UUID) -> Removal:
        """Count the listens that `remove` removes.

        Raises `ImportNotFound` or `ImportHasNoRecords`.
        """
        count = await ImportRemovals(self._session).count(user_id, import_id)
        return Removal(listens=count, task=None)

    async def remove(self, user_id: int, import_id: UUID) -> Removal:
        """Remove an import: now, or in a task if more than `MOST_AT_ONCE` listens go.

        Raises as `count` does; `HistoryBusy` if listens cannot be removed now since the
        history is being changed; `TooManyTasks`.
        """
        counted = await self.count(user_id, import_id)
        if counted.listens <= MOST_AT_ONCE:
            removals = ImportRemovals(self._session)
            deleted = await removals.delete(user_id, import_id, wait=False)
            return Removal(listens=deleted, task=None)
        task = await self._tasks.begin_task(
            user_id,
            remove_import.name,
            import_id.hex,
            ImportRemovalParams(import_id=import_id),
            Priority.INTERACTIVE,
        )
        return Removal(listens=counted.listens, task=task)
