"""A listener's sync from Spotify: read its state, turn it on or off, begin it."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.oauth.grants import Grant, grant_of, users_granting
from unwrapped.auth.oauth.settings import SPOTIFY, OAuthSettings
from unwrapped.core.exceptions import Conflict, Forbidden, NotFound
from unwrapped.core.http.api_prefix import API
from unwrapped.core.process_resources import Resources
from unwrapped.music.settings import MusicSettings
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.spotify.schemas import KEY, KIND, SpotifySyncRead, SyncParams
from unwrapped.music.spotify.terms import TERMS
from unwrapped.shared.zones import parse_zone
from unwrapped.tasks.models import Priority
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskService, TooManyTasks
from unwrapped.tasks.settings import TaskSettings

SCOPE = "user-read-recently-played"
"""The OAuth scope that Spotify requires for reading the last plays."""

DUE_AT_ONCE = 200
"""The most syncs that begin in one run of the periodic job."""


class SyncNotConfigured(NotFound):
    """This server has no app at Spotify."""

    code = "sync_not_configured"

    def __init__(self) -> None:
        super().__init__(
            "This server has no app at Spotify. Its operator can register one and set"
            " OAUTH_CLIENT_ID."
        )


class AccessNeeded(Conflict):
    """The listener has not granted access to their last plays, or it has ended."""

    code = "access_needed"

    def __init__(self) -> None:
        super().__init__(
            "This service may not read your last plays. Link your Spotify account with"
            f' “access” first (POST {API}/auth/spotify/link, {{"access": true}}).'
        )


class SyncNotEnabled(Conflict):
    """The sync is not turned on."""

    code = "sync_not_enabled"

    def __init__(self) -> None:
        super().__init__("The sync from Spotify is not turned on.")


class SpotifyForbids(Forbidden):
    """Spotify does not let this app read the plays of this listener."""

    code = "spotify_forbids"

    def __init__(self) -> None:
        super().__init__(
            "Spotify does not let this app read your plays. The owner of the app has to add"
            " you to its users in Spotify's dashboard. If you are listed there, grant access"
            " again."
        )


class SpotifySyncService:
    """The sync of one listener's last plays."""

    def __init__(
        self, session: AsyncSession, tasks: TaskService, *, is_configured: bool
    ) -> None:
        self._session = session
        self._tasks = tasks
        self._is_configured = is_configured

    async def read(self, user_id: int) -> SpotifySyncRead:
        """The state of the sync."""
        grant = await grant_of(self._session, user_id, SPOTIFY, SCOPE)
        return self._state(grant, await self._session.get(SpotifySync, user_id))

    async def enable(self, user_id: int) -> SpotifySyncRead:
        """Turn the sync on, if it is not on already.

        Raises `SyncNotConfigured` or `AccessNeeded`.
        """
        await self._require_access(user_id)
        await self._session.execute(
            insert(SpotifySync)
            .values(user_id=user_id, agreed_at=func.now(), next_sync_at=func.now())
            .on_conflict_do_nothing()
        )
        return await self.read(user_id)

    async def disable(self, user_id: int, *, forget: bool) -> int:
        """Turn the sync off; return the number of removed listens (`forget`)."""
        return await end_sync(self._session, user_id, forget=forget)

    async def begin(self, user_id: int) -> TaskRead:
        """Return the sync task; begin one if none is active.

        Raises `SyncNotConfigured`, `AccessNeeded` or `SyncNotEnabled`.
        """
        await self._require_access(user_id)
        await read_sync(self._session, user_id)
        return await self._tasks.begin_task(
            user_id, KIND, KEY, SyncParams(), Priority.INTERACTIVE
        )

    async def _require_access(self, user_id: int) -> None:
        if not self._is_configured:
            raise SyncNotConfigured
        if not (await grant_of(self._session, user_id, SPOTIFY, SCOPE)).is_good:
            raise AccessNeeded

    def _state(self, grant: Grant, sync: SpotifySync | None) -> SpotifySyncRead:
        # This import loads the HTTP client, which an idle worker does not need.
        from unwrapped.auth.oauth.clients.spotify import SpotifyClient

        lasts, ends_at = SpotifyClient.consent_lasts, None
        if grant.granted_at is not None and lasts is not None:
            ends_at = grant.granted_at + lasts
        is_scheduled = self._is_configured and grant.is_good
        return SpotifySyncRead(
            configured=self._is_configured,
            linked=grant.is_linked,
            access=grant.is_good,
            reconnect_needed=grant.has_ended,
            access_ends_at=ends_at,
            enabled=sync is not None,
            agreed_at=sync.agreed_at if sync else None,
            last_synced_at=sync.last_synced_at if sync else None,
            next_sync_at=sync.next_sync_at if sync and is_scheduled else None,
            last_error_code=sync.last_error_code if sync else None,
            terms=TERMS,
        )


def is_configured(resources: Resources) -> bool:
    """Whether this server has an app at Spotify."""
    return resources.settings_of(OAuthSettings).oauth_client_id is not None


async def read_sync(session: AsyncSession, user_id: int) -> SpotifySync:
    """Return the row of a listener's sync. Raises `SyncNotEnabled`."""
    sync = await session.get(SpotifySync, user_id)
    if sync is None:
        raise SyncNotEnabled
    return sync


async def end_sync(session: AsyncSession, user_id: int, *, forget: bool) -> int:
    """Turn the sync off; return the number of removed listens (`forget`)."""
    # Polars is loaded only when it is needed.
    from unwrapped.music.listens.filters import ListenFilter
    from unwrapped.music.listens.service import ListenService
    from unwrapped.music.sources.logs import log_forgotten_with

    deleted = 0
    if forget:
        log = log_forgotten_with(SPOTIFY)
        synced = ListenFilter(source=log, zone=parse_zone("UTC"))
        deleted = await ListenService(session).delete_listens(user_id, synced)
    # Without this row, a sync that is running stores nothing.
    await session.execute(
        delete(SpotifySync).where(col(SpotifySync.user_id) == user_id)
    )
    return deleted


async def forget_spotify(session: AsyncSession, user_id: int, provider: str) -> None:
    """End the sync and delete its listens if the unlinked provider is Spotify."""
    if provider == SPOTIFY:
        await end_sync(session, user_id, forget=True)


async def begin_due_syncs(resources: Resources) -> int:
    """Begin the syncs that are due and have access; return their number."""
    if not is_configured(resources):
        return 0
    every = timedelta(minutes=resources.settings_of(MusicSettings).spotify_sync_minutes)
    is_due = col(SpotifySync.next_sync_at) <= func.now()
    async with resources.database.session() as session:
        granting = users_granting(SPOTIFY, SCOPE)
        # Lock users before their syncs: the deletion of a user locks them in this order.
        users = await session.scalars(
            granting.join(
                SpotifySync, col(SpotifySync.user_id) == granting.selected_columns[0]
            )
            .where(is_due)
            .order_by(col(SpotifySync.next_sync_at))
            .limit(DUE_AT_ONCE)
        )
        free = (
            select(col(SpotifySync.user_id))
            .where(col(SpotifySync.user_id).in_(list(users)), is_due)
            .with_for_update(skip_locked=True)
        )
        begun = await session.scalars(
            update(SpotifySync)
            .where(col(SpotifySync.user_id).in_(free))
            .values(next_sync_at=func.now() + every)
            .returning(col(SpotifySync.user_id))
        )
        due = list(begun)
        tasks = TaskService(session, resources.settings_of(TaskSettings).tasks_per_user)
        for user_id in sorted(due):
            with suppress(TooManyTasks):  # the sync is due again soon
                await tasks.begin_task(user_id, KIND, KEY, SyncParams(), Priority.BATCH)
    return len(due)
