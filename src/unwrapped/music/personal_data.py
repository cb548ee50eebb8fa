"""What the export of a person tells of their music, in words instead of numbers."""

from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    cast,
    not_,
    select,
)
from sqlmodel import col

from unwrapped.core.personal_data import OWNER, PersonalData
from unwrapped.music.analysis.models import Analysis
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.shares.models import Share, ShareCard
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.store.models import (
    LOG_NAMES,
    also_spelled,
    artist,
    end_reason,
    listen,
    recording,
    spelling,
    track,
)
from unwrapped.music.uploads.models import UploadedFile


def _number(table: Table, referring: Column[int]) -> ColumnElement[bool]:
    """That a row of a dictionary is the one that a listener's row refers to."""
    return and_(table.c.user_id == OWNER, table.c.id == referring)


def _spelling_of(table: Table) -> ColumnElement[bool]:
    return and_(
        spelling.c.user_id == OWNER,
        spelling.c.recording_id == table.c.recording_id,
        spelling.c.id == table.c.spelling_id,
    )


def _source_of(table: Table) -> ColumnElement[str]:
    return case(LOG_NAMES, value=table.c.source).label("source")


_SPELLED = (
    spelling.c.artist.label("spelled_artist"),
    spelling.c.title.label("spelled_title"),
    spelling.c.album.label("spelled_album"),
)

_LISTENS: Select[*tuple[Any, ...]] = (
    select(
        listen.c.logged_at,
        artist.c.name.label("artist"),
        track.c.title,
        recording.c.album,
        listen.c.ms_played,
        end_reason.c.reason.label("reason_end"),
        listen.c.skipped,
        listen.c.shuffle,
        _source_of(listen),
        not_(listen.c.shadowed).label("is_counted"),
        recording.c.identity.label("recording"),
        *_SPELLED,
    )
    .outerjoin(recording, _number(recording, listen.c.recording_id))
    .outerjoin(track, _number(track, recording.c.track_id))
    .outerjoin(artist, _number(artist, track.c.artist_id))
    .outerjoin(end_reason, _number(end_reason, listen.c.end_reason_id))
    .outerjoin(spelling, _spelling_of(listen))
    .where(listen.c.user_id == OWNER)
    .order_by(listen.c.logged_at)
)

_RECORDINGS: Select[*tuple[Any, ...]] = (
    select(
        recording.c.identity.label("recording"),
        artist.c.name.label("artist"),
        artist.c.key.label("artist_key"),
        track.c.title,
        track.c.key.label("title_key"),
        recording.c.album,
        *_SPELLED,
        spelling.c.artist_key.label("spelled_artist_key"),
        spelling.c.title_key.label("spelled_title_key"),
        spelling.c.album_key.label("spelled_album_key"),
        spelling.c.last_logged,
    )
    .outerjoin(track, _number(track, recording.c.track_id))
    .outerjoin(artist, _number(artist, track.c.artist_id))
    .outerjoin(
        spelling,
        and_(spelling.c.user_id == OWNER, spelling.c.recording_id == recording.c.id),
    )
    .where(recording.c.user_id == OWNER)
    .order_by(recording.c.id, spelling.c.id)
)

_ALSO_SPELLED: Select[*tuple[Any, ...]] = (
    select(
        also_spelled.c.logged_at,
        also_spelled.c.ms_played,
        _source_of(also_spelled),
        recording.c.identity.label("recording"),
        *_SPELLED,
    )
    .outerjoin(recording, _number(recording, also_spelled.c.recording_id))
    .outerjoin(spelling, _spelling_of(also_spelled))
    .where(also_spelled.c.user_id == OWNER)
    .order_by(also_spelled.c.logged_at)
)

PERSONAL_DATA = (
    PersonalData(
        name="listens",
        about="Everything that you listened to. `logged_at` is when it ended; `artist`,"
        " `title` and `album` are the names that are shown, and those that begin with"
        " `spelled_` are what your file says; `is_counted` is false where another of"
        " your files tells of the same listen in more detail.",
        rows=_LISTENS,
        tables=frozenset({"listen", "end_reason"}),
    ),
    PersonalData(
        name="recordings",
        about="The recordings that you listened to, by the service's own name for them,"
        " with each spelling of their names. A `key` is what makes two names the same.",
        rows=_RECORDINGS,
        tables=frozenset({"recording", "spelling", "track", "artist"}),
    ),
    PersonalData(
        name="further_spellings",
        about="Other spellings that the same listens came under.",
        rows=_ALSO_SPELLED,
        tables=frozenset({"also_spelled"}),
    ),
    PersonalData.of(
        UploadedFile,
        name="uploads",
        about="Files that you sent and that were not imported yet. They are in the"
        " folder of the same name.",
        uploads=select(col(UploadedFile.id), col(UploadedFile.name)).where(
            col(UploadedFile.user_id) == OWNER, col(UploadedFile.receiving_at).is_(None)
        ),
    ),
    PersonalData.of(HistoryImport, name="imports", about="What came of each import."),
    PersonalData(
        name="analyses",
        about="The verdicts on your taste: as you see them, and as others do with whom"
        " you share them.",
        rows=select(
            col(Analysis.id),
            col(Analysis.created_at),
            col(Analysis.period),
            col(Analysis.zone),
            col(Analysis.title),
            cast(col(Analysis.portrait), JSON).label("portrait"),
            cast(col(Analysis.public_portrait), JSON).label("public_portrait"),
        )
        .where(col(Analysis.user_id) == OWNER)
        .order_by(col(Analysis.created_at)),
        tables=frozenset({"analysis"}),
        rows_at_once=10,
    ),
    PersonalData.of(
        Share,
        name="shares",
        about="The links that you made to them. Of a link only a hash is kept, which is"
        " not here.",
        without=["token_hash"],
    ),
    PersonalData.of(
        ShareCard,
        name="share_pictures",
        about="The pictures of those links that somebody asked for. They show what the"
        " page shows, and are not here themselves.",
        without=["png"],
        through=Share,
    ),
    PersonalData.of(
        SpotifySync,
        name="spotify_sync",
        about="That your last plays are synced from Spotify, and how far that has come:"
        " `cursor` is the time of the latest play that was seen, in milliseconds.",
    ),
)
