"""The screen of the caller's share links, where they can be revoked."""

from uuid import UUID

from fastapi import Response

from unwrapped.music.shares.router import ShareServiceDep
from unwrapped.shared.pagination_parameters import CursorQuery
from unwrapped.web.pages.forms import redirect
from unwrapped.web.pages.links import SHARES
from unwrapped.web.pages.screen import ScreenDep, User, screen_router

router = screen_router()

SHARES_A_PAGE = 50


@router.get(SHARES)
async def show_shares(
    screen: ScreenDep, user: User, shares: ShareServiceDep, cursor: CursorQuery = None
) -> Response:
    """Show the links that can be opened."""
    page = await shares.list_shares(user.id, SHARES_A_PAGE, cursor)
    return screen.show(
        "pages/shares.html", shares=page.items, next_cursor=page.next_cursor
    )


@router.post(SHARES + "/{share_id}/revoke")
async def revoke(share_id: UUID, user: User, shares: ShareServiceDep) -> Response:
    """Revoke a link: its page, its pictures and its JSON are no longer served."""
    await shares.revoke(user.id, share_id)
    return redirect(SHARES, "share_revoked")
