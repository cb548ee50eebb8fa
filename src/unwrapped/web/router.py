"""What anybody may open: shares, as JSON for programs and as a page for people."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Response

from unwrapped.core.problems import problems
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.shares.router import ShareServiceDep
from unwrapped.music.shares.service import ShareNotFound

router = APIRouter(prefix="/public", tags=["public"])

ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"model": Portrait, "content": {"text/html": {"schema": {"type": "string"}}}}
}

HEADERS = {
    "X-Robots-Tag": "noindex, nofollow",
    "Referrer-Policy": "no-referrer",
    # A revoked link must end at once: no cache may keep it.
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept",
}
PAGE_HEADERS = HEADERS | {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline';"
    " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


@router.get(
    "/shares/{token}",
    responses=ANSWER | problems(ShareNotFound),
)
async def open_share(
    token: str, shares: ShareServiceDep, accept: Annotated[str, Header()] = "*/*"
) -> Response:
    """A shared analysis: JSON, or a page where `Accept` asks for `text/html`."""
    if "text/html" in accept:
        page = await shares.read_page(token)
        return Response(page, media_type="text/html", headers=PAGE_HEADERS)
    portrait = await shares.read_portrait(token)
    return Response(portrait, media_type="application/json", headers=HEADERS)
