"""The task that syncs: Spotify is asked first, and then stored in one transaction."""

import asyncio
from datetime import timedelta

import msgspec

from unwrapped.core.exceptions import AppException
from unwrapped.music.settings import MusicSettings
from unwrapped.music.spotify.record import note_failure, note_success, read_sync
from unwrapped.music.spotify.schemas import SyncParams
from unwrapped.tasks.kinds import task_kind
from unwrapped.tasks.retrying import RetryPolicy
from unwrapped.tasks.running import RunningTask

KIND = "music.spotify_sync"
KEY = "recently-played"
"""Of everybody: one sync of a listener is active at a time."""

ASKING, STORING = "asking", "storing"


@task_kind(
    KIND,
    SyncParams,
    deadline=timedelta(minutes=10),
    retry=RetryPolicy(first=timedelta(seconds=30), factor=4.0),
)
async def sync_plays(task: RunningTask, params: SyncParams) -> None:
    """Bring the last plays of a listener into their history."""
    # The parsers are loaded by the first task that needs them, as is what speaks HTTP.
    from unwrapped.auth.oauth.token_refresh import refresh_service_of
    from unwrapped.music.listens.statements import lock_history
    from unwrapped.music.spotify.plays import RecentPlays, spotify_of
    from unwrapped.music.spotify.storing import merge_told, prepare_told

    resources = task.resources
    async with resources.database.session() as session:
        sync = await read_sync(session, task.user_id)
    task.report(0.1, ASKING)
    try:
        plays = RecentPlays(
            spotify_of(resources), refresh_service_of(resources), task.user_id
        )
        told = await plays.after(sync.cursor)
    except AppException as error:
        async with resources.database.session() as session:
            await note_failure(session, task.user_id, error)
        raise
    prepared = await asyncio.to_thread(prepare_told, told)
    task.report(0.5, STORING)
    every = timedelta(minutes=resources.settings_of(MusicSettings).spotify_sync_minutes)
    async with task.finishing() as finish:
        # Before the row: whoever ends a sync takes the two in this order, too.
        await lock_history(finish.session, task.user_id)
        await note_success(finish.session, sync, told.cursor, every)
        account = await merge_told(finish.session, task.user_id, prepared)
        finish.result = msgspec.to_builtins(account) | {
            "gap_possible": told.may_miss_some and account.known == 0
        }
