"""All listens of a listener as a stream: NDJSON or CSV, in flat memory."""

import csv
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from datetime import datetime
from enum import StrEnum
from io import StringIO
from typing import Any

from sqlalchemy import Select, Text, case, cast, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from unwrapped.music.store.models import (
    LOG_NAMES,
    MARK_NAMES,
    album,
    artist,
    end_reason,
    listen,
    recording,
    spelling,
    track,
)
from unwrapped.shared.spreadsheets import cell

ROWS_AT_ONCE = 2_000


class ExportFormat(StrEnum):
    """How listens are written."""

    NDJSON = "ndjson"
    CSV = "csv"


def listens_of(user_id: int) -> Select[*tuple[Any, ...]]:
    """The listens of a listener with their names, by their start."""
    mine = listen.c.user_id == user_id

    def named(table: Any, number: Any) -> Any:
        return (table.c.user_id == user_id) & (table.c.id == number)

    return (
        select(
            listen.c.started_at,
            artist.c.name.label("artist"),
            track.c.title,
            album.c.name.label("album"),
            listen.c.ms_played,
            case(LOG_NAMES, value=listen.c.log).label("source"),
            end_reason.c.reason.label("reason_end"),
            listen.c.skipped,
            listen.c.shuffle,
            case(MARK_NAMES, value=listen.c.mark).label("mark"),
        )
        .join(recording, named(recording, listen.c.recording_id))
        .join(track, named(track, recording.c.track_id))
        .join(artist, named(artist, track.c.artist_id))
        .join(
            spelling,
            named(spelling, listen.c.spelling_id)
            & (spelling.c.recording_id == listen.c.recording_id),
        )
        .outerjoin(album, named(album, spelling.c.album_id))
        .outerjoin(end_reason, named(end_reason, listen.c.end_reason_id))
        .where(mine)
        .order_by(listen.c.started_at)
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
    async with aclosing(found.partitions()) as parts:
        async for part in parts:
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
