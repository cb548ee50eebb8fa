"""Begins imports, and lists the completed ones."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, cast, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.exceptions import Conflict
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.imports.params import ImportParams
from unwrapped.music.imports.task import import_uploads
from unwrapped.music.uploads.models import UploadedFile
from unwrapped.music.uploads.service import UploadNotFound
from unwrapped.shared.pagination import Listing, Rows
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskService

_LISTING = Listing("imports", (datetime, UUID))


class UploadInUse(Conflict):
    """An upload belongs to another import already."""

    code = "upload_in_use"


class ImportService:
    """Begins and lists the imports of a listener."""

    def __init__(self, session: AsyncSession, tasks: TaskService) -> None:
        self._session = session
        self._tasks = tasks

    async def begin(self, user_id: int, uploads: Sequence[UUID]) -> TaskRead:
        """Return the task that imports these uploads; begin one if none is under way.

        Raises `UploadNotFound`, `UploadInUse` or `TooManyTasks`.
        """
        ids = sorted(set(uploads))
        # The rows are locked: imports of one upload begin one after the other.
        found = await self._session.scalars(
            select(UploadedFile)
            .where(
                col(UploadedFile.user_id) == user_id,
                col(UploadedFile.id).in_(ids),
                col(UploadedFile.receiving_at).is_(None),
            )
            .order_by(col(UploadedFile.id))
            .with_for_update()
        )
        files = list(found)
        if len(files) < len(ids):
            raise UploadNotFound
        task = await self._tasks.begin_task(
            user_id,
            import_uploads.name,
            key="+".join(upload.hex for upload in ids),
            params=ImportParams(uploads=ids),
        )
        if any(file.task_id not in (None, task.id) for file in files):
            raise UploadInUse("An upload belongs to another import already.")
        await self._session.execute(
            update(UploadedFile)
            .where(col(UploadedFile.id).in_(ids))
            .values(task_id=task.id)
        )
        return task

    async def list_imports(
        self, user_id: int, limit: int, cursor: str | None
    ) -> Rows[HistoryImport]:
        """Completed imports, the latest first. Raises `BadCursor`."""
        place = (col(HistoryImport.created_at), col(HistoryImport.id))
        size = func.octet_length(cast(col(HistoryImport.books), Text)).label("size")
        query = select(*place, size).where(col(HistoryImport.user_id) == user_id)
        found = await self._session.execute(
            _LISTING.newest_first(query, place, limit, cursor)
        )
        page = _LISTING.page(
            found.all(), limit, lambda row: (row.created_at, row.id)
        ).fitting(lambda row: row.size)
        # Books of thousands of files have megabytes: only those that fit are read.
        imports = await self._session.scalars(
            select(HistoryImport)
            .where(col(HistoryImport.id).in_([row.id for row in page.rows]))
            .order_by(*(column.desc() for column in place))
        )
        return page.replaced(list(imports))

    async def find_import(self, user_id: int, import_id: UUID) -> HistoryImport | None:
        """The completed import with this id; None if the listener has none."""
        found: HistoryImport | None = await self._session.scalar(
            select(HistoryImport).where(
                col(HistoryImport.id) == import_id,
                col(HistoryImport.user_id) == user_id,
            )
        )
        return found
