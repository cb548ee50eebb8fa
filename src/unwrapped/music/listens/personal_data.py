"""The listens in the export of a person's data, with names instead of numbers."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, func, select

from unwrapped.core.personal_data import OWNER, PersonalData
from unwrapped.music.listens.export_query import (
    MARK,
    numbered,
    select_listens,
    source_of,
    spelled,
)
from unwrapped.music.store.models import (
    album,
    also_logged,
    artist,
    end_reason,
    listen,
    recording,
    spelling,
    track,
)


def _length_of(table: Table) -> ColumnElement[int]:
    return func.nullif(table.c.length_ms, 0).label("length_ms")


_SPELLED = (
    spelling.c.artist.label("spelled_artist"),
    spelling.c.title.label("spelled_title"),
    spelling.c.album.label("spelled_album"),
)

_LISTENS = select_listens(
    OWNER,
    listen.c.started_at,
    artist.c.name.label("artist"),
    track.c.title,
    album.c.name.label("album"),
    listen.c.ms_played,
    listen.c.number,
    _length_of(listen),
    end_reason.c.reason.label("reason_end"),
    listen.c.skipped,
    listen.c.shuffle,
    source_of(listen),
    MARK.label("not_counted"),
    recording.c.identity.label("recording"),
    *_SPELLED,
)

_RECORDINGS: Select[*tuple[Any, ...]] = (
    select(
        recording.c.identity.label("recording"),
        artist.c.name.label("artist"),
        artist.c.public_id.label("artist_id"),
        track.c.title,
        track.c.public_id.label("track_id"),
        album.c.name.label("album"),
        album.c.public_id.label("album_id"),
        *_SPELLED,
        spelling.c.artist_key.label("spelled_artist_key"),
        spelling.c.title_key.label("spelled_title_key"),
        spelling.c.album_key.label("spelled_album_key"),
        spelling.c.last_started,
    )
    .outerjoin(track, numbered(OWNER, track, recording.c.track_id))
    .outerjoin(artist, numbered(OWNER, artist, track.c.artist_id))
    .outerjoin(
        spelling,
        and_(spelling.c.user_id == OWNER, spelling.c.recording_id == recording.c.id),
    )
    .outerjoin(album, numbered(OWNER, album, spelling.c.album_id))
    .where(recording.c.user_id == OWNER)
    .order_by(recording.c.id, spelling.c.id)
)

_ALSO_LOGGED: Select[*tuple[Any, ...]] = (
    select(
        also_logged.c.started_at,
        also_logged.c.ms_played,
        also_logged.c.number,
        _length_of(also_logged),
        end_reason.c.reason.label("reason_end"),
        also_logged.c.skipped,
        also_logged.c.shuffle,
        source_of(also_logged),
        recording.c.identity.label("recording"),
        *_SPELLED,
    )
    .outerjoin(recording, numbered(OWNER, recording, also_logged.c.recording_id))
    .outerjoin(end_reason, numbered(OWNER, end_reason, also_logged.c.end_reason_id))
    .outerjoin(spelling, spelled(OWNER, also_logged))
    .where(also_logged.c.user_id == OWNER)
    .order_by(also_logged.c.started_at)
)

LISTENS = (
    PersonalData(
        name="listens",
        about="Everything that you listened to, by its start. `artist`, `title` and `album`"
        " are the names that are shown; those that begin with `spelled_` are what your"
        " file says; `not_counted` is the reason why a listen does not count, if there is"
        " one: another of your files has it in more detail, or it is there twice."
        " `length_ms` is the length of the track.",
        rows=_LISTENS,
        tables=frozenset({"listen", "end_reason"}),
    ),
    PersonalData(
        name="recordings",
        about="The recordings that you listened to, each with its identifier"
        " (`recording`) and every spelling of its names. Spellings whose keys"
        " (`spelled_artist_key`, `spelled_title_key`, `spelled_album_key`) are equal"
        " are the same name.",
        rows=_RECORDINGS,
        tables=frozenset({"recording", "spelling", "track", "artist", "album"}),
    ),
    PersonalData(
        name="further_records",
        about="Further records of the same listens in your files: other spellings, another end.",
        rows=_ALSO_LOGGED,
        tables=frozenset({"also_logged"}),
    ),
)
