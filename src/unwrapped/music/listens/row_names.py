"""Looks up the names with which listens are shown, row by row."""

from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from unwrapped.music.store.models import album, artist, recording, spelling, track


def named(rows: FromClause, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select `columns` and the names of `rows`.

    The rows have the key of a spelling: `user_id`, `recording_id` and `spelling_id`.
    """
    recorded = _by_key(
        rows,
        recording,
        recording.c.identity,
        recording.c.track_id,
        id=rows.c.recording_id,
    )
    on_track = _by_key(
        rows,
        track,
        track.c.artist_id,
        track.c.title,
        track.c.public_id,
        id=recorded.c.track_id,
    )
    by_artist = _by_key(
        rows, artist, artist.c.name, artist.c.public_id, id=on_track.c.artist_id
    )
    spelled = _by_key(
        rows,
        spelling,
        spelling.c.album_id,
        recording_id=rows.c.recording_id,
        id=rows.c.spelling_id,
    )
    on_album = _by_key(
        rows, album, album.c.name, album.c.public_id, id=spelled.c.album_id
    )
    return (
        select(
            *columns,
            recorded.c.identity,
            by_artist.c.name.label("artist"),
            by_artist.c.public_id.label("artist_id"),
            on_track.c.title,
            on_track.c.public_id.label("track_id"),
            on_album.c.name.label("album"),
            on_album.c.public_id.label("album_id"),
        )
        .select_from(rows)
        .join(recorded, true())
        .join(on_track, true())
        .join(by_artist, true())
        .join(spelled, true())
        .outerjoin(on_album, true())
    )


def _by_key(
    rows: FromClause, table: Table, *columns: Column[Any], **key: ColumnElement[Any]
) -> LateralFromClause:
    """The row of a dictionary, found by its primary key alone.

    The limit keeps the planner from converting the lookup to a join, and the listener is
    taken from each row, not a constant. Otherwise, without statistics, the planner may
    expect one row of the listener and scan all of them for each row of a page.
    """
    found = select(*columns).where(
        table.c.user_id == rows.c.user_id,
        *(table.c[name] == value for name, value in key.items()),
    )
    return found.limit(1).lateral(table.name)
