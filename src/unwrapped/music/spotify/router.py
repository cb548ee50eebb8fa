"""Endpoints of the sync from Spotify."""

from typing import Annotated

from fastapi import Depends, Query

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.spotify.schemas import (
    ListensDeleted,
    SpotifySyncAgree,
    SpotifySyncRead,
)
from unwrapped.music.spotify.service import (
    AccessNeeded,
    SpotifySyncService,
    SyncNotConfigured,
    SyncNotEnabled,
    is_configured,
)
from unwrapped.tasks.dependencies import TaskServiceDep
from unwrapped.tasks.schemas import TaskRead
from unwrapped.tasks.service import TooManyTasks

router = ApiRouter(prefix="/music/spotify-sync", tags=["music"])

ForgetQuery = Annotated[bool, Query(description="Also remove all synced listens.")]


async def get_spotify_sync_service(
    session: SessionDep, tasks: TaskServiceDep, resources: ResourcesDep
) -> SpotifySyncService:
    """The service of syncs, in the request's transaction."""
    return SpotifySyncService(session, tasks, is_configured=is_configured(resources))


SpotifySyncServiceDep = Annotated[SpotifySyncService, Depends(get_spotify_sync_service)]


@router.get("", responses=problems(*SIGNED_IN))
async def read_sync(user: CurrentUser, syncs: SpotifySyncServiceDep) -> SpotifySyncRead:
    """Return the state of the sync of the caller's last plays, and Spotify's terms for it."""
    return await syncs.read(user.id)


@router.put("", responses=problems(*SIGNED_IN, SyncNotConfigured, AccessNeeded))
async def enable_sync(
    agreed: SpotifySyncAgree, user: CurrentUser, syncs: SpotifySyncServiceDep
) -> SpotifySyncRead:
    """Turn on the sync of the caller's last plays; the caller must have accepted `terms`."""
    return await syncs.enable(user.id)


@router.delete("", responses=problems(*SIGNED_IN))
async def disable_sync(
    user: CurrentUser, syncs: SpotifySyncServiceDep, forget: ForgetQuery = False
) -> ListensDeleted:
    """Turn the sync off. Synced listens are kept, unless `forget` is set.

    Unlinking the Spotify account always deletes them.
    """
    return ListensDeleted(deleted=await syncs.disable(user.id, forget=forget))


@router.post(
    "/begin",
    status_code=202,
    responses=problems(
        *SIGNED_IN, SyncNotConfigured, AccessNeeded, SyncNotEnabled, TooManyTasks
    ),
)
async def begin_sync(user: CurrentUser, syncs: SpotifySyncServiceDep) -> TaskRead:
    """Sync now; idempotent while a sync is active.

    Follow the task at `/tasks/{id}`.
    """
    return await syncs.begin(user.id)
