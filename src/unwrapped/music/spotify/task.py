"""The sync task: calls Spotify first, then stores the plays in one transaction."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import BigInteger, cast, extract, func, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import AppException
from unwrapped.music.settings import MusicSettings
from unwrapped.music.spotify.models import SpotifySync
from unwrapped.music.spotify.schemas import KIND, SyncParams
from unwrapped.music.spotify.service import SpotifyForbids, SyncNotEnabled, read_sync
from unwrapped.tasks.execution.running_task import RunningTask
from unwrapped.tasks.failures import failure_of
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.retry_policy import RetryPolicy

if TYPE_CHECKING:
    from unwrapped.music.history.books import Account
    from unwrapped.music.history.building import PreparedUpload

ASKING, STORING = "asking", "storing"

AFTER_REFUSAL = timedelta(days=1)
"""The pause after Spotify has refused access."""


@task_kind(
    KIND,
    SyncParams,
    deadline=timedelta(minutes=10),
    retry=RetryPolicy(first=timedelta(seconds=30), factor=4.0),
)
async def sync_plays(task: RunningTask, params: SyncParams) -> None:
    """Store the last plays of a listener in their history."""
    # The first task that needs the parsers and the HTTP client loads them.
    from unwrapped.auth.oauth.provider_tokens.refresh import refresh_service_of
    from unwrapped.music.history.building import prepare_rows
    from unwrapped.music.sources.upload_reading import read_recently_played
    from unwrapped.music.spotify.recently_played import RecentPlays, spotify_of
    from unwrapped.music.store.state import lock_history

    resources = task.resources
    async with resources.database.session() as session:
        sync = await read_sync(session, task.user_id)
    task.report(0.1, ASKING)
    try:
        plays = RecentPlays(
            spotify_of(resources), refresh_service_of(resources), task.user_id
        )
        played = await plays.after(sync.cursor)
    except AppException as error:
        async with resources.database.session() as session:
            await store_failure(session, task.user_id, error)
        raise
    prepared = await asyncio.to_thread(
        lambda: prepare_rows(read_recently_played(played.items))
    )
    task.report(0.5, STORING)
    every = timedelta(minutes=resources.settings_of(MusicSettings).spotify_sync_minutes)
    async with task.finishing() as finish:
        # The history is locked before the row of the sync, in the same order as in `end_sync`.
        await lock_history(finish.session, task.user_id)
        await store_success(finish.session, sync, played.cursor, every)
        account = await _merge(finish.session, task.user_id, prepared)
        finish.result = msgspec.to_builtins(account) | {
            "gap_possible": played.may_miss_some and account.known == 0
        }


async def _merge(
    session: AsyncSession, user_id: int, plays: "PreparedUpload"
) -> "Account":
    """Store the plays that are new; return the account of all of them."""
    from unwrapped.music.store.merge import HistoryMerge

    if plays.listens.is_empty():
        return plays.books({}).total
    merge = HistoryMerge(session, user_id, is_import=False)
    return (await merge.merge(plays)).books.total


async def store_success(
    session: AsyncSession, sync: SpotifySync, cursor: int | None, every: timedelta
) -> None:
    """Store the cursor and the time of a successful sync.

    The cursor only moves forward, and never beyond the current time. Raises
    `SyncNotEnabled` if the sync was turned off in the meantime.
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


async def store_failure(
    session: AsyncSession, user_id: int, error: AppException
) -> None:
    """Store why the attempt failed.

    The next automatic sync waits as long as Spotify's `Retry-After` asks, or for
    `AFTER_REFUSAL`.
    """
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
