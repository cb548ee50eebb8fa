"""What anybody may open: shares, as JSON for programs and as a page for people."""

from typing import Annotated, Any

from fastapi import Depends, Header, Response

from unwrapped.auth.sessions.router import Address
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.http.problems import problems
from unwrapped.core.http.requests import ApiRouter, LinkRoute
from unwrapped.core.postgres.rate_limits import RateLimited
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.shares.router import ShareServiceDep
from unwrapped.music.shares.service import ShareNotFound
from unwrapped.web.opening import PublicShares

router = ApiRouter(prefix="/public", tags=["public"], route_class=LinkRoute)

ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"model": Portrait, "content": {"text/html": {"schema": {"type": "string"}}}}
}

# That no cache keeps them, the default, lets a revoked link end at once.
HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Vary": "Accept"}
PAGE_HEADERS = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


async def get_public_shares(
    shares: ShareServiceDep, resources: ResourcesDep, address: Address
) -> PublicShares:
    """Shares as the one who asks may open them."""
    return PublicShares(shares, resources.limiter, address)


PublicSharesDep = Annotated[PublicShares, Depends(get_public_shares)]


@router.get(
    "/shares/{token}",
    responses=ANSWER | problems(ShareNotFound, RateLimited),
)
async def open_share(
    token: str, shares: PublicSharesDep, accept: Annotated[str, Header()] = "*/*"
) -> Response:
    """A shared analysis: JSON, or a page where `Accept` asks for `text/html`."""
    if "text/html" in accept:
        page = await shares.read_page(token)
        return Response(page, media_type="text/html", headers=PAGE_HEADERS)
    portrait = await shares.read_portrait(token)
    return Response(portrait, media_type="application/json", headers=HEADERS)
