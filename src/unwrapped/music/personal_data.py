"""What a person's export contains of the domain music."""

from sqlalchemy import JSON, Text, cast, select
from sqlmodel import col

from unwrapped.core.personal_data import OWNER, PersonalData
from unwrapped.music.analysis.models import Analysis, ModelDraft
from unwrapped.music.consent.models import ModelConsent
from unwrapped.music.corrections.models import CorrectionRow, CorrectionState
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.listens.personal_data import LISTENS
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
from unwrapped.music.store.models import history, import_records
from unwrapped.music.uploads.models import UploadedFile

PERSONAL_DATA = (
    *LISTENS,
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
        about="Which listens each import contained, by the numbers of their records.",
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
        about="How often your history was changed, and the version of the rules that it follows. What the latest changes added is in the listens.",
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
        " the corrected names; each subject has at most one correction.",
    ),
    PersonalData.of(
        CorrectionState,
        name="correction_state",
        about="How often your corrections were changed.",
    ),
    PersonalData(
        name="analyses",
        about="The verdicts on your taste: as you see them, and as people see them when you"
        " share them.",
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
        about="The input of a model for one of your verdicts, kept until the model has"
        " answered: figures and names, as you agreed.",
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
        about="The links that you made to your verdicts. Only a hash of each link is stored;"
        " it is left out here.",
        without=["token_hash"],
    ),
    PersonalData.of(
        ShareCard,
        name="share_pictures",
        about="Which pictures of your shares were requested. The pictures, which show what"
        " the shared page shows, are left out here.",
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
        about="The tokens that you created for players, and the outcome of their last requests,"
        " without the tokens themselves.",
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
        about="Players that you have allowed to sign in and that have not done so yet.",
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
        about="The track that your player last reported as playing.",
    ),
    PersonalData.of(
        TrackFeedback,
        name="track_feedback",
        about="The tracks that you love (1) or hate (-1), as reported by your players. `msid`"
        " is derived from the names.",
    ),
    PersonalData.of(
        RecordingMbid,
        name="recording_mbids",
        about="The tracks for which your players sent the id of a MusicBrainz recording.",
    ),
    PersonalData.of(
        LatestImport,
        name="latest_imports",
        about="The time up to which the import tools of players have sent your listens from"
        " another service.",
    ),
)
