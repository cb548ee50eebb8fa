"""Turning the sync from Spotify on and off, and beginning it by hand."""

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.auth.oauth.spotify import SpotifyClient
from unwrapped.music.spotify.access import Access, access_of
from unwrapped.music.spotify.ending import end_sync
from unwrapped.music.spotify.errors import AccessNeeded, SyncNotConfigured
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.spotify.record import read_sync
from unwrapped.music.spotify.schemas import TERMS, SpotifySyncRead, SyncParams
from unwrapped.music.spotify.task import KEY, KIND
from unwrapped.tasks.models import Priority
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TaskService


class SpotifySyncService:
    """The sync of one listener's last plays."""

    def __init__(
        self, session: AsyncSession, tasks: TaskService, *, is_configured: bool
    ) -> None:
        self._session = session
        self._tasks = tasks
        self._is_configured = is_configured

    async def read(self, user_id: int) -> SpotifySyncRead:
        """How the sync stands."""
        access = await access_of(self._session, user_id)
        return self._told(access, await self._session.get(SpotifySync, user_id))

    async def enable(self, user_id: int) -> SpotifySyncRead:
        """Have plays synced from now on; nothing changes where they are already.

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
        """Have plays synced no more; says how many listens were removed, if asked to."""
        return await end_sync(self._session, user_id, forget=forget)

    async def begin(self, user_id: int) -> TaskRead:
        """The task that syncs; begun now if it is not under way.

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
        if not (await access_of(self._session, user_id)).is_good:
            raise AccessNeeded

    def _told(self, access: Access, sync: SpotifySync | None) -> SpotifySyncRead:
        lasts, ends_at = SpotifyClient.consent_lasts, None
        if access.granted_at is not None and lasts is not None:
            ends_at = access.granted_at + lasts
        goes_on = self._is_configured and access.is_good
        return SpotifySyncRead(
            configured=self._is_configured,
            linked=access.is_linked,
            access=access.is_good,
            reconnect_needed=access.has_ended,
            access_ends_at=ends_at,
            enabled=sync is not None,
            agreed_at=sync.agreed_at if sync else None,
            last_synced_at=sync.last_synced_at if sync else None,
            next_sync_at=sync.next_sync_at if sync and goes_on else None,
            last_error_code=sync.last_error_code if sync else None,
            terms=TERMS,
        )
