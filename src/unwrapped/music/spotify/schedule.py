"""Beginning the syncs whose time has come."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import func, text, update
from sqlmodel import col

from unwrapped.auth.oauth.settings import SPOTIFY
from unwrapped.core.resources import Resources
from unwrapped.music.settings import MusicSettings
from unwrapped.music.spotify.access import SCOPE, is_configured
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.spotify.schemas import SyncParams
from unwrapped.music.spotify.task import KEY, KIND
from unwrapped.tasks.models import Priority
from unwrapped.tasks.service import TaskService, TooManyTasks
from unwrapped.tasks.settings import TaskSettings

AT_ONCE = 200

# Locked with their listeners, and none is waited for: who deletes an account has locked
# it, and wants the rows that go with it.
_DUE = text("""SELECT sync.user_id FROM spotify_sync AS sync
JOIN "user" ON "user".id = sync.user_id AND "user".disabled_at IS NULL
JOIN linked_account AS account ON account.user_id = sync.user_id
    AND account.provider = :provider
JOIN provider_token AS token ON token.account_id = account.id
    AND token.reconnect_since IS NULL AND :scope = ANY(token.scopes)
WHERE sync.next_sync_at <= now()
ORDER BY sync.next_sync_at LIMIT :at_once
FOR UPDATE OF sync SKIP LOCKED FOR KEY SHARE OF "user" SKIP LOCKED""").bindparams(
    provider=SPOTIFY, scope=SCOPE, at_once=AT_ONCE
)


async def begin_due_syncs(resources: Resources) -> int:
    """Begin the syncs that are due, but for listeners who have to give access anew."""
    if not is_configured(resources):
        return 0
    every = timedelta(minutes=resources.settings_of(MusicSettings).spotify_sync_minutes)
    async with resources.database.session() as session:
        due = list(await session.scalars(_DUE))
        await session.execute(
            update(SpotifySync)
            .where(col(SpotifySync.user_id).in_(due))
            .values(next_sync_at=func.now() + every)
        )
        most = resources.settings_of(TaskSettings).tasks_per_user
        tasks = TaskService(session, most)
        for user_id in sorted(due):
            with suppress(TooManyTasks):  # the next one is due soon
                await tasks.begin_task(user_id, KIND, KEY, SyncParams(), Priority.BATCH)
    return len(due)
