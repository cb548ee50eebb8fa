"""The row of a sync, as its task writes it."""

from datetime import timedelta

from sqlalchemy import BigInteger, cast, extract, func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import AppException
from unwrapped.music.spotify.errors import SpotifyForbids, SyncNotEnabled
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.tasks.failures import failure_of

AFTER_REFUSAL = timedelta(days=1)
"""So long Spotify is not asked by itself after it forbade it."""


async def read_sync(session: AsyncSession, user_id: int) -> SpotifySync:
    """How far a listener's sync has come. Raises `SyncNotEnabled`."""
    sync = await session.get(SpotifySync, user_id)
    if sync is None:
        raise SyncNotEnabled
    return sync


async def note_success(
    session: AsyncSession, sync: SpotifySync, cursor: int | None, every: timedelta
) -> None:
    """Write down what was seen; the cursor goes forward alone, and never beyond now.

    Raises `SyncNotEnabled` when the sync that was read is not turned on any more.
    """
    values: dict[str, object] = {
        "last_synced_at": func.now(),
        "next_sync_at": func.now() + every,
        "last_error_code": None,
    }
    if cursor is not None:
        now = cast(extract("epoch", func.now()) * 1000, BigInteger)
        seen = func.least(cursor, now)
        values["cursor"] = func.greatest(col(SpotifySync.cursor), seen)
    still_on = (
        update(SpotifySync)
        .where(
            col(SpotifySync.user_id) == sync.user_id,
            col(SpotifySync.agreed_at) == sync.agreed_at,
        )
        .values(values)
    )
    if not await count_changed(session, still_on):
        raise SyncNotEnabled


async def note_failure(
    session: AsyncSession, user_id: int, error: AppException
) -> None:
    """Write down why it failed; whoever says when to come back is asked no earlier."""
    failure = failure_of(error)
    values: dict[str, object] = {"last_error_code": failure.code}
    wait = failure.retry_after
    if isinstance(error, SpotifyForbids):
        wait = AFTER_REFUSAL
    if wait is not None:
        values["next_sync_at"] = func.greatest(
            col(SpotifySync.next_sync_at), func.now() + wait
        )
    await session.execute(
        update(SpotifySync).where(col(SpotifySync.user_id) == user_id).values(values)
    )
