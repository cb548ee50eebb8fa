"""The public endpoint of the API: it opens a share. Browsers are redirected to the page."""

from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from unwrapped.core.http.negotiation import JSON
from unwrapped.core.http.problems import problems, wants_page
from unwrapped.core.http.routing import ApiRouter, LinkRoute
from unwrapped.core.postgres.rate_limits import RateLimited
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.shares.router import LINK_PATH
from unwrapped.music.shares.service import ShareNotFound, require_token
from unwrapped.web.public.opening import HEADERS, PublicSharesDep

router = ApiRouter(prefix="/public", tags=["public"], route_class=LinkRoute)

MOVED = HTTPStatus.PERMANENT_REDIRECT
ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"model": Portrait},
    int(MOVED): {"description": "A browser is redirected to the page of the share."},
}


@router.get(
    "/shares/{token}",
    responses=ANSWER | problems(ShareNotFound, RateLimited),
)
async def open_share(token: str, request: Request, shares: PublicSharesDep) -> Response:
    """Return the portrait of a shared analysis; a browser is redirected to its page."""
    if wants_page(request.scope):
        require_token(token)  # so that the redirect can only lead to a share
        return RedirectResponse(f"{LINK_PATH}/{token}", MOVED, headers=HEADERS)
    share = await shares.open(token)
    return Response(share.portrait, media_type=JSON, headers=HEADERS)
