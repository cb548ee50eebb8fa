"""Endpoints of the caller's shares. The pages that open a share are in `web`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.exceptions import ExpiryPassed
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.music.analysis.service import AnalysisNotFound
from unwrapped.music.settings import MusicSettings
from unwrapped.music.shares.schemas import ShareCreate, ShareCreated, ShareRead
from unwrapped.music.shares.service import (
    ShareNotFound,
    ShareService,
    TooManyShares,
    VerdictNotSeen,
)
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery

router = ApiRouter(prefix="/music/shares", tags=["music"])

LINK_PATH = "/s"
"""The path of the pages of shares; the token follows."""


async def get_share_service(
    session: SessionDep, resources: ResourcesDep
) -> ShareService:
    """The service of shares, in the request's transaction."""
    most = resources.settings_of(MusicSettings).shares_per_user
    return ShareService(session, most)


ShareServiceDep = Annotated[ShareService, Depends(get_share_service)]


@router.post(
    "",
    status_code=201,
    responses=problems(
        *SIGNED_IN, AnalysisNotFound, VerdictNotSeen, ExpiryPassed, TooManyShares
    ),
)
async def create_share(
    new: ShareCreate,
    user: CurrentUser,
    shares: ShareServiceDep,
    resources: ResourcesDep,
) -> ShareCreated:
    """Create a link to an analysis. Anyone who has the link can see the analysis.

    The link is returned only here.
    """
    made = await shares.create(
        user.id, new.analysis, new.expires_at, with_name=new.with_name
    )
    url = f"{resources.settings.backend_url or ''}{LINK_PATH}/{made.token}"
    return ShareCreated(**made.share.model_dump(), url=url)


@router.get("", responses=problems(*SIGNED_IN, BadCursor))
async def list_shares(
    user: CurrentUser,
    shares: ShareServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[ShareRead]:
    """List the caller's shares that can be opened, the latest first."""
    return await shares.list_shares(user.id, limit, cursor)


@router.delete(
    "/{share_id}", status_code=204, responses=problems(*SIGNED_IN, ShareNotFound)
)
async def revoke_share(
    share_id: UUID, user: CurrentUser, shares: ShareServiceDep
) -> None:
    """Revoke a share; its link stops working at once."""
    await shares.revoke(user.id, share_id)
