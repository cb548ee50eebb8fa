"""A person with rows in every personal table, and a dump of the database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from pydantic_core import to_jsonable_python
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from tests.auth.factories import (
    HASHED,
    SignedIn,
    make_linked_account,
    make_personal_token,
    make_session,
    make_web_session,
    sign_in,
)
from tests.exports import track
from tests.music.factories import (
    File,
    import_all,
    make_analysis,
    make_correction,
    make_scrobbling_token,
    make_task,
    receive,
)
from unwrapped.auth.models import (
    OAuthState,
    ProviderToken,
    RefreshToken,
    UserSession,
)
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.music.analysis.models import ModelDraft
from unwrapped.music.consent.models import ModelConsent
from unwrapped.music.imports.known_contents import note_records
from unwrapped.music.imports.models import HistoryImport
from unwrapped.music.scrobbles.inbox import Inbox
from unwrapped.music.scrobbles.models import (
    ImportService,
    LatestImport,
    NowPlaying,
    RecordingMbid,
    ScrobblingGrant,
    ScrobblingSession,
    TrackFeedback,
)
from unwrapped.music.scrobbles.models import SessionKind as ScrobblingSessionKind
from unwrapped.music.shares.models import CardForm, Share, ShareCard
from unwrapped.music.sources.scrobble import Scrobble
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.tasks.models import TaskStatus

SEALED = "what-only-the-key-opens"
"""Stored in place of an encrypted token."""

TABLES = """SELECT format('%I.%I', table_schema, table_name)
FROM information_schema.tables WHERE table_type = 'BASE TABLE'
    AND table_schema NOT IN ('pg_catalog', 'information_schema')"""


def personal_tables() -> set[str]:
    """The tables whose rows belong to a person: by their column, or by what they refer to."""
    tables = SQLModel.metadata.tables
    personal = {name for name, table in tables.items() if "user_id" in table.c}
    personal.add("user")
    while True:
        referring = {
            name
            for name, table in tables.items()
            if any(key.column.table.name in personal for key in table.foreign_keys)
        }
        if referring <= personal:
            return personal
        personal |= referring


async def dump(resources: Resources) -> dict[str, list[str]]:
    """Every column of every row of every table, the queue's as well, as text."""
    rows: dict[str, list[str]] = {}
    async with resources.database.session() as session:
        for name in list(await session.scalars(text(TABLES))):
            found = await session.scalars(text(f"SELECT one::text FROM {name} AS one"))  # noqa: S608 - the database's own names
            rows[name.removeprefix("public.").strip('"')] = sorted(found)
    return rows


async def assert_nothing_personal(resources: Resources) -> None:
    """No table holds a row of any person."""
    left = await dump(resources)
    assert {name for name in personal_tables() if left[name]} == set()


def history_of(name: str) -> list[list[File]]:
    """Two imports: a listen under two spellings, and one that ended otherwise."""
    artist, title = f"={name}'s artist", f"{name}'s\n“title”"
    known = track(artist, title, "spotify:track:1", ts="2025-03-01T12:00:00Z")
    other = track(artist, f"{name} (live)", "spotify:track:2", reason_end=f"{name} left",
                  master_metadata_album_album_name=None, ts="2025-03-02T12:00:00Z")  # fmt: skip
    renamed = known | {"master_metadata_album_artist_name": artist.upper()}
    return [[[known, other]], [[renamed]]]


async def make_personal_rows(resources: Resources, name: str) -> SignedIn:
    """A person with a row in every personal table, whose texts all hold their name."""
    person = await sign_in(
        resources,
        username=name,
        display_name=f"={name}",
        email=f"{name}@example.org",
        password_hash=HASHED,
    )
    stored = await import_all(resources.database, person.id, history_of(name))
    books = to_jsonable_python(stored[0]) | {
        "skipped": [{"path": name, "looks_like": "a text", "warning": False}]
    }
    upload = await receive(resources, person.id, f"../{name}.json", name.encode())
    async with resources.database.session() as session:
        await _make_access(session, person.id, name)
        await _link_account(session, person.id, name)
        await _make_scrobbles(session, person.id, name)
        task = await make_task(
            session,
            person.id,
            status=TaskStatus.COMPLETED,
            params={"uploads": [str(upload.id)]},
            result_data={"said": name},
        )
        portrait = f'{{"of": "{name}"}}'
        analysis = await make_analysis(
            session, person.id, title=name, portrait=portrait, public_portrait=portrait
        )
        share = uuid4()
        made = HistoryImport(id=task.id, user_id=person.id, books=books)
        session.add_all(
            [
                made,
                Share(
                    id=share,
                    user_id=person.id,
                    analysis_id=analysis.id,
                    token_hash=uuid4().hex,
                ),
                ShareCard(share_id=share, form=CardForm.CARD, png=name.encode()),
                ModelDraft(
                    analysis_id=analysis.id, task_id=task.id, brief=f"of {name}"
                ),
                ModelConsent(
                    user_id=person.id,
                    url=f"https://{name}.example.org",
                    model=f"{name}'s model",
                    agreed_at=datetime.now(UTC),
                ),
            ]
        )
        await note_records(session, made, "{[1,4)}", [upload])
        await make_correction(session, person.id, f"corrected {name}")
    return person


async def _link_account(session: AsyncSession, user_id: int, name: str) -> None:
    linked = {"subject": f"{name}'s subject", "display_name": f"={name} elsewhere"}
    account = await make_linked_account(session, user_id, **linked)
    by = await make_session(session, user_id)
    now = datetime.now(UTC)
    session.add_all(
        [
            ProviderToken(
                account_id=account.id,
                access_token=f"v1.k1.nonce.access-{SEALED}",
                refresh_token=f"v1.k1.nonce.refresh-{SEALED}",
                scopes=[f"scope-of-{name}"],
                granted_at=now,
            ),
            OAuthState(
                state_hash=hash_token(f"{name}'s state"),
                browser_hash=hash_token(f"{name}'s browser"),
                provider="spotify",
                session_id=by.id,
                asks_access=True,
                next_path=f"/{name}",
                expires_at=now + timedelta(minutes=10),
            ),
            SpotifySync(
                user_id=user_id,
                agreed_at=now,
                next_sync_at=now,
                last_error_code=f"error of {name}",
            ),
        ]
    )


async def _make_scrobbles(session: AsyncSession, user_id: int, name: str) -> None:
    """A row in every table of scrobbling."""
    now = datetime.now(UTC)
    token = await make_scrobbling_token(
        session,
        user_id,
        name=f"{name}'s player",
        token_hash=hash_token(f"{name}'s player"),
        sealed_md5=f"v1.k1.nonce.md5-{SEALED}",
        last_reason=f"reason of {name}",
    )
    names: dict[str, Any] = {"artist": f"{name}'s artist", "title": f"{name}'s title"}
    scrobble = Scrobble(**names, listened_at=1_700_000_000)
    await Inbox(session).store(user_id, [scrobble], most=9)
    session.add_all(
        [
            ScrobblingSession(
                key_hash=hash_token(f"{name}'s key"),
                token_id=token.id,
                kind=ScrobblingSessionKind.HANDSHAKE,
                expires_at=now + timedelta(days=1),
            ),
            ScrobblingGrant(
                request_hash=hash_token(f"{name}'s request"),
                token_id=token.id,
                expires_at=now + timedelta(hours=1),
            ),
            NowPlaying(user_id=user_id, **names, expires_at=now + timedelta(hours=1)),
            TrackFeedback(user_id=user_id, msid=uuid4(), score=1, **names),
            RecordingMbid(user_id=user_id, mbid=uuid4(), **names),
            LatestImport(user_id=user_id, service=ImportService.LASTFM, until=now),
        ]
    )


async def _make_access(session: AsyncSession, user_id: int, name: str) -> None:
    await make_web_session(session, user_id)
    await make_personal_token(session, user_id, name=f"{name}'s token")
    signed_in = await session.scalar(
        select(col(UserSession.id)).where(col(UserSession.user_id) == user_id).limit(1)
    )
    assert signed_in is not None
    for number in range(2):
        session.add(
            RefreshToken(
                token_hash=hash_token(f"{name} {number}"),
                session_id=signed_in,
                replaced_by=hash_token(f"{name} 1") if number == 0 else None,
            )
        )
