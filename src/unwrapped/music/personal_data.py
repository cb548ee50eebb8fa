"""The music in a person's export, with names instead of numbers."""

from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    func,
    select,
)
from sqlmodel import col

from unwrapped.core.personal_data import OWNER, PersonalData
from unwrapped.music.analysis.models import Analysis, ModelDraft
from unwrapped.music.consent.models import ModelConsent
from unwrapped.music.corrections.models import CorrectionRow, CorrectionState
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.scrobbles.models import (
    LatestImport,
    NowPlaying,
    RecordingMbid,
    ScrobblingGrant,
    ScrobblingSession,
    ScrobblingToken,
    TrackFeedback,
    scrobble_inbox,
)
from unwrapped.music.shares.models import Share, ShareCard
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.store.models import (
    LOG_NAMES,
    MARK_NAMES,
    album,
    also_logged,
    artist,
    end_reason,
    history,
    import_records,
    listen,
    recording,
    spelling,
    track,
)
from unwrapped.music.uploads.models import UploadedFile


def _number(table: Table, referring: Column[int]) -> ColumnElement[bool]:
    """The join from a listener's row to the dictionary row that it refers to."""
    return and_(table.c.user_id == OWNER, table.c.id == referring)


def _spelling_of(table: Table) -> ColumnElement[bool]:
    return and_(
        spelling.c.user_id == OWNER,
        spelling.c.recording_id == table.c.recording_id,
        spelling.c.id == table.c.spelling_id,
    )


def _source_of(table: Table) -> ColumnElement[str]:
    return case(LOG_NAMES, value=table.c.log).label("source")


def _length_of(table: Table) -> ColumnElement[int]:
    return func.nullif(table.c.length_ms, 0).label("length_ms")


_SPELLED = (
    spelling.c.artist.label("spelled_artist"),
    spelling.c.title.label("spelled_title"),
    spelling.c.album.label("spelled_album"),
)

_LISTENS: Select[*tuple[Any, ...]] = (
    select(
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
        _source_of(listen),
        case(MARK_NAMES, value=listen.c.mark).label("not_counted"),
        recording.c.identity.label("recording"),
        *_SPELLED,
    )
    .outerjoin(recording, _number(recording, listen.c.recording_id))
    .outerjoin(track, _number(track, recording.c.track_id))
    .outerjoin(artist, _number(artist, track.c.artist_id))
    .outerjoin(end_reason, _number(end_reason, listen.c.end_reason_id))
    .outerjoin(spelling, _spelling_of(listen))
    .outerjoin(album, _number(album, spelling.c.album_id))
    .where(listen.c.user_id == OWNER)
    .order_by(listen.c.started_at)
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
    .outerjoin(track, _number(track, recording.c.track_id))
    .outerjoin(artist, _number(artist, track.c.artist_id))
    .outerjoin(
        spelling,
        and_(spelling.c.user_id == OWNER, spelling.c.recording_id == recording.c.id),
    )
    .outerjoin(album, _number(album, spelling.c.album_id))
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
        _source_of(also_logged),
        recording.c.identity.label("recording"),
        *_SPELLED,
    )
    .outerjoin(recording, _number(recording, also_logged.c.recording_id))
    .outerjoin(end_reason, _number(end_reason, also_logged.c.end_reason_id))
    .outerjoin(spelling, _spelling_of(also_logged))
    .where(also_logged.c.user_id == OWNER)
    .order_by(also_logged.c.started_at)
)

PERSONAL_DATA = (
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
        about="The recordings that you listened to, by the service's own name for them,"
        " with each spelling of their names. Names with the same `key` are the same.",
        rows=_RECORDINGS,
        tables=frozenset({"recording", "spelling", "track", "artist", "album"}),
    ),
    PersonalData(
        name="further_records",
        about="Further records of the same listens in your files: other spellings, another end.",
        rows=_ALSO_LOGGED,
        tables=frozenset({"also_logged"}),
    ),
    PersonalData.of(
        UploadedFile,
        name="uploads",
        about="Files that you uploaded and have not imported yet. They are in the"
        " folder of the same name.",
        uploads=select(col(UploadedFile.id), col(UploadedFile.name)).where(
            col(UploadedFile.user_id) == OWNER, col(UploadedFile.receiving_at).is_(None)
        ),
    ),
    PersonalData.of(HistoryImport, name="imports", about="The outcome of each import."),
    PersonalData(
        name="import_records",
        about="Which listens each import had, by numbers that their records were given.",
        rows=select(
            import_records.c.import_id,
            cast(import_records.c.records, Text).label("records"),
            import_records.c.content,
            import_records.c.names,
            import_records.c.removals,
        ).where(import_records.c.user_id == OWNER),
        tables=frozenset({"import_records"}),
        rows_at_once=10,
    ),
    PersonalData(
        name="history",
        about="How often your history was changed, and which rules it follows. What each of the last changes added is in the listens.",
        rows=select(
            history.c.version,
            history.c.rules,
            history.c.next_number,
            cast(history.c.streamed, Text).label("streamed"),
            history.c.removals,
        ).where(history.c.user_id == OWNER),
        tables=frozenset({"history", "addition"}),
    ),
    PersonalData.of(
        CorrectionRow,
        name="corrections",
        about="What you count as something else, or not at all. A `subject` is a digest of"
        " the names, by which there is one correction for each.",
    ),
    PersonalData.of(
        CorrectionState,
        name="correction_state",
        about="How often your corrections were changed.",
    ),
    PersonalData(
        name="analyses",
        about="The verdicts on your taste: as you see them, and as the people see them with whom"
        " you share them.",
        rows=select(
            col(Analysis.id),
            col(Analysis.created_at),
            col(Analysis.period),
            col(Analysis.zone),
            col(Analysis.title),
            col(Analysis.critic),
            col(Analysis.seen_at),
            cast(col(Analysis.portrait), JSON).label("portrait"),
            cast(col(Analysis.public_portrait), JSON).label("public_portrait"),
        )
        .where(col(Analysis.user_id) == OWNER)
        .order_by(col(Analysis.created_at)),
        tables=frozenset({"analysis"}),
        rows_at_once=10,
    ),
    PersonalData.of(
        ModelDraft,
        name="model_drafts",
        about="The input of a model for a verdict of yours, until it has answered:"
        " figures and names, as you agreed.",
        through=Analysis,
    ),
    PersonalData.of(
        ModelConsent,
        name="model_consent",
        about="Your consent to a model that writes your verdicts: which model, and where.",
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
        about="The sync of your last plays from Spotify, and how far it has come:"
        " `cursor` is the time of the latest play that was seen, in milliseconds.",
    ),
    PersonalData.of(
        ScrobblingToken,
        name="scrobbling_tokens",
        about="The tokens that you created for players, and the outcome of their last requests:"
        " not the tokens.",
        without=["token_hash", "sealed_md5"],
    ),
    PersonalData.of(
        ScrobblingSession,
        name="scrobbling_sessions",
        about="The sessions of players that sign in with such a token.",
        without=["key_hash", "token_id"],
        through=ScrobblingToken,
    ),
    PersonalData.of(
        ScrobblingGrant,
        name="scrobbling_grants",
        about="Players that you have let sign in, and that have not done so yet.",
        without=["request_hash", "token_id"],
        through=ScrobblingToken,
    ),
    PersonalData(
        name="scrobbles_waiting",
        about="What your players reported and is not in your history yet.",
        rows=select(
            scrobble_inbox.c.received_at,
            scrobble_inbox.c.listens,
            scrobble_inbox.c.scrobbles,
        )
        .where(scrobble_inbox.c.user_id == OWNER)
        .order_by(scrobble_inbox.c.id),
        tables=frozenset({"scrobble_inbox"}),
        rows_at_once=10,
    ),
    PersonalData.of(
        NowPlaying,
        name="now_playing",
        about="The track that your player last said it is playing.",
    ),
    PersonalData.of(
        TrackFeedback,
        name="track_feedback",
        about="The tracks that you love (1) or hate (-1), as your players say. `msid` is"
        " derived from the names.",
    ),
    PersonalData.of(
        RecordingMbid,
        name="recording_mbids",
        about="Which recordings of MusicBrainz your players say that tracks are.",
    ),
    PersonalData.of(
        LatestImport,
        name="latest_imports",
        about="The time up to which import tools of players have sent your listens.",
    ),
)
