"""Streams all listens of a listener as NDJSON or CSV, in constant memory."""

import csv
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import StringIO
from typing import Any

from sqlalchemy import Select, Text, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from unwrapped.auth.export import ExportRunning
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.postgres.advisory_locks import try_lock
from unwrapped.core.postgres.snapshots import open_snapshot
from unwrapped.core.process_resources import Resources
from unwrapped.music.listens.export_query import MARK, select_listens, source_of
from unwrapped.music.store.models import album, artist, end_reason, listen, track
from unwrapped.shared.spreadsheets import cell

ROWS_AT_ONCE = 2_000
EXPORTED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            "application/x-ndjson": {"schema": {"type": "string"}},
            "text/csv": {"schema": {"type": "string"}},
        }
    }
}
"""The responses of the endpoint, besides its problems."""


class ExportFormat(StrEnum):
    """The format of exported listens."""

    NDJSON = "ndjson"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class ListenExport:
    """An export in progress, to be read once."""

    form: ExportFormat
    pieces: AsyncGenerator[bytes]

    @property
    def media_type(self) -> str:
        """The media type."""
        is_csv = self.form is ExportFormat.CSV
        return "text/csv; charset=utf-8" if is_csv else "application/x-ndjson"

    @property
    def headers(self) -> dict[str, str]:
        """The header that names the file."""
        return {"Content-Disposition": f'attachment; filename="listens.{self.form}"'}


@asynccontextmanager
async def open_listens(
    resources: Resources, user_id: int, form: ExportFormat
) -> AsyncIterator[ListenExport]:
    """Export all listens of a person, as of one moment, until the context ends.

    Raises `ExportRunning` if another export of the person is in progress.
    """
    longest = resources.settings_of(AuthSettings).longest_export
    async with open_snapshot(resources.database.address, longest) as snapshot:
        if not await try_lock(snapshot, "export", user_id):
            raise ExportRunning
        written = write_listens(snapshot, listens_of(user_id), form)
        async with aclosing(written) as pieces:
            yield ListenExport(form, pieces)


def listens_of(user_id: int) -> Select[*tuple[Any, ...]]:
    """The listens of a listener with their names, ordered by their start."""
    return select_listens(
        user_id,
        listen.c.started_at,
        artist.c.name.label("artist"),
        track.c.title,
        album.c.name.label("album"),
        listen.c.ms_played,
        source_of(listen),
        end_reason.c.reason.label("reason_end"),
        listen.c.skipped,
        listen.c.shuffle,
        MARK.label("mark"),
    )


async def write_listens(
    snapshot: AsyncConnection, query: Select[*tuple[Any, ...]], form: ExportFormat
) -> AsyncGenerator[bytes]:
    """The rows of a query of `listens_of`, piece by piece."""
    if form is ExportFormat.CSV:
        yield _lines([[column.name for column in query.selected_columns]])
        lines = query
    else:
        rows = query.subquery("line")
        line = cast(func.row_to_json(literal_column("line")), Text)
        lines = select(line).select_from(rows)
    found = await snapshot.stream(lines, execution_options={"yield_per": ROWS_AT_ONCE})
    async for part in found.partitions():
        if form is ExportFormat.CSV:
            yield _lines(part)
        else:
            yield "".join(f"{line}\n" for (line,) in part).encode()


def _lines(rows: Sequence[Sequence[object]]) -> bytes:
    text = StringIO()
    writer = csv.writer(text)
    writer.writerows([_written(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _written(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.isoformat()
    return cell(value)
