"""Listeners whose plays are synced from a sandbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from tests.auth.factories import HASHED, SignedIn, make_linked_account, sign_in
from tests.conftest import Configure
from tests.exports import Row, extended_row
from tests.music.factories import File, Stored, import_all, run_by_hand, stored
from tests.sandbox.running import CALLBACK, GRETA, SCOPES, Running
from unwrapped.auth.models import LinkedAccount, ProviderToken
from unwrapped.auth.oauth.clients.client import OAuthToken
from unwrapped.auth.oauth.provider_tokens.stored_tokens import ProviderTokens
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.core.process_resources import Resources
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.spotify.service import SpotifySyncService
from unwrapped.music.spotify.task import sync_plays
from unwrapped.sandbox.config import CLIENT_SECRET
from unwrapped.tasks.models import BackgroundTask
from unwrapped.tasks.service import TaskService

AGREED = datetime(2025, 3, 1, tzinfo=UTC)


def use_sandbox(configure: Configure, address: str, client_id: str = "sandbox") -> None:
    """Make this server a client of the sandbox."""
    configure(
        OAuthSettings,
        oauth_client_id=client_id,
        oauth_client_secret=CLIENT_SECRET,
        oauth_redirect_uri=CALLBACK,
        oauth_base_url=address,
    )


async def give_access(
    resources: Resources, user_id: int, tokens: dict[str, Any], scopes: str = SCOPES
) -> None:
    """Replace the grant of a listener by one with these scopes."""
    async with resources.database.session() as session:
        found = await session.scalars(
            select(LinkedAccount).where(col(LinkedAccount.user_id) == user_id)
        )
        account = found.one_or_none() or await make_linked_account(session, user_id)
        token = OAuthToken.model_validate(
            {"token_type": "Bearer", "scope": scopes} | tokens
        )
        await ProviderTokens(session, resources.cipher).store(account.id, token, ())


async def turn_on(resources: Resources, user_id: int, **over: Any) -> None:
    """Turn the sync on without checks; `over` replaces columns."""
    columns = {"agreed_at": AGREED, "next_sync_at": AGREED} | over
    async with resources.database.session() as session:
        session.add(SpotifySync(user_id=user_id, **columns))


@dataclass(frozen=True)
class Synced:
    """A listener with access, whose sync is on."""

    resources: Resources
    sandbox: Running
    signed: SignedIn
    access_token: str

    @property
    def id(self) -> int:
        return self.signed.id

    async def begin(self) -> UUID:
        """Begin a sync as the listener does; return its task."""
        async with self.resources.database.session() as session:
            syncs = SpotifySyncService(
                session, TaskService(session), is_configured=True
            )
            return (await syncs.begin(self.id)).id

    async def sync(self) -> dict[str, Any]:
        """Run a sync; return its result."""
        task_id = await self.begin()
        await run_by_hand(self.resources, sync_plays, task_id)
        result = (await self.task(task_id)).result_data
        assert result is not None
        return result

    async def task(self, task_id: UUID) -> BackgroundTask:
        async with self.resources.database.session() as session:
            return await session.get_one(BackgroundTask, task_id)

    async def row(self) -> SpotifySync:
        async with self.resources.database.session() as session:
            return await session.get_one(SpotifySync, self.id)

    async def stored(self) -> Stored:
        async with self.resources.database.session() as session:
            return await stored(session, self.id)

    async def counted(self) -> dict[int, int]:
        """The number of listens that count, by the code of their source."""
        counts: dict[int, int] = {}
        for row in (await self.stored()).listens:
            if not row[-1]:
                counts[row[1]] = counts.get(row[1], 0) + 1
        return counts

    async def import_file(self, rows: File) -> None:
        await import_all(self.resources.database, self.id, [[rows]])

    def plays(self) -> list[dict[str, Any]]:
        """The plays that the sandbox returns now."""
        answer = self.sandbox.get(
            "me/player/recently-played", self.access_token, limit=50
        ).json()
        items: list[dict[str, Any]] = answer["items"]
        assert len(items) == 50
        return items


async def synced(
    resources: Resources,
    sandbox: Running,
    client_id: str = "sandbox",
    listener: str = GRETA,
) -> Synced:
    """A listener with access, whose sync is on."""
    signed = await sign_in(resources, password_hash=HASHED)
    tokens = sandbox.tokens(client_id, listener)
    await give_access(resources, signed.id, tokens)
    await turn_on(resources, signed.id)
    return Synced(resources, sandbox, signed, tokens["access_token"])


async def change_tokens(resources: Resources, user_id: int, **columns: object) -> None:
    """Change the stored tokens of a listener."""
    mine = select(col(LinkedAccount.id)).where(col(LinkedAccount.user_id) == user_id)
    async with resources.database.session() as session:
        await session.execute(
            update(ProviderToken)
            .where(col(ProviderToken.account_id).in_(mine))
            .values(columns)
        )


def exported(items: Sequence[dict[str, Any]]) -> list[Row]:
    """The plays as in the extended history, where the ends are cut to the second."""
    rows = []
    for item in items:
        track = item["track"]
        at = datetime.fromisoformat(item["played_at"])
        rows.append(
            extended_row(
                ts=f"{at:%FT%TZ}",
                ms_played=track["duration_ms"],
                spotify_track_uri=track["uri"],
                master_metadata_track_name=track["name"],
                master_metadata_album_artist_name=track["album"]["artists"][0]["name"],
                master_metadata_album_album_name=track["album"]["name"],
            )
        )
    return rows


def soon(moment: datetime, seconds: float) -> bool:
    """Whether a moment is about `seconds` from now."""
    distance = moment - datetime.now(UTC) - timedelta(seconds=seconds)
    return abs(distance) < timedelta(minutes=5)
