"""Selects the listens of a person with the names of what was played, for exports."""

from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    select,
)

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

type Owner = int | BindParameter[int]
"""The id of the listener, or the parameter for it."""

MARK = case(MARK_NAMES, value=listen.c.mark)
"""Why a listen does not count; null if it counts."""


def select_listens(
    owner: Owner, *columns: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    """Select columns of all listens and their names, ordered by the start."""
    return (
        select(*columns)
        .outerjoin(recording, numbered(owner, recording, listen.c.recording_id))
        .outerjoin(track, numbered(owner, track, recording.c.track_id))
        .outerjoin(artist, numbered(owner, artist, track.c.artist_id))
        .outerjoin(end_reason, numbered(owner, end_reason, listen.c.end_reason_id))
        .outerjoin(spelling, spelled(owner, listen))
        .outerjoin(album, numbered(owner, album, spelling.c.album_id))
        .where(listen.c.user_id == owner)
        .order_by(listen.c.started_at, listen.c.recording_id, listen.c.log)
    )


def numbered(owner: Owner, table: Table, number: Column[int]) -> ColumnElement[bool]:
    """The join from a listener's row to the row of a dictionary that it refers to."""
    return and_(table.c.user_id == owner, table.c.id == number)


def spelled(owner: Owner, table: Table) -> ColumnElement[bool]:
    """The join from a listener's row to the spelling that it has."""
    return and_(
        spelling.c.user_id == owner,
        spelling.c.recording_id == table.c.recording_id,
        spelling.c.id == table.c.spelling_id,
    )


def source_of(table: Table) -> ColumnElement[str]:
    """The name of the log of a row."""
    return case(LOG_NAMES, value=table.c.log).label("source")
