"""The pages: a share, which anybody may open, and a portrait of one's own; their files."""

from mimetypes import guess_type
from uuid import UUID

from fastapi import APIRouter, Request, Response

from unwrapped.auth.dependencies import CurrentUser
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.http.negotiation import JSON
from unwrapped.core.http.problems import wants_page
from unwrapped.core.http.requests import PageRoute
from unwrapped.music.analysis.router import AnalysisServiceDep
from unwrapped.music.analysis.stored import read_stored
from unwrapped.music.shares.router import LINK_PATH
from unwrapped.web import assets
from unwrapped.web.opening import HEADERS, PublicSharesDep
from unwrapped.web.portrait_page import TEMPLATE, Preview, portrait_values
from unwrapped.web.render import page

router = APIRouter(route_class=PageRoute)

CACHEABLE = {"Cache-Control": "public, max-age=31536000, immutable"}


@router.get(LINK_PATH + "/{token}")
async def show_share(
    token: str, request: Request, shares: PublicSharesDep, resources: ResourcesDep
) -> Response:
    """A share as a page; as JSON for programs that ask for it by name.

    What makes a preview of a link in a chat asks for `*/*`, and reads HTML.
    """
    portrait = await shares.read_portrait(token)
    if not wants_page(request.scope):
        return Response(portrait, media_type=JSON, headers=HEADERS)
    origin = resources.settings.backend_url
    preview = Preview(f"{origin}{LINK_PATH}/{token}" if origin else None)
    values = portrait_values(read_stored(portrait), preview=preview)
    return page(TEMPLATE, values, headers=HEADERS)


@router.get("/portraits/{analysis_id}")
async def show_portrait(
    analysis_id: UUID, user: CurrentUser, analyses: AnalysisServiceDep
) -> Response:
    """A portrait of the caller's own."""
    portrait = await analyses.get_portrait(user.id, analysis_id)
    return page(TEMPLATE, portrait_values(read_stored(portrait)))


@router.get(assets.PATH + "/{digest}/{name}")
async def send_asset(digest: str, name: str) -> Response:
    """A static file, which never changes at its address."""
    content = assets.read_asset(digest, name)
    return Response(content, media_type=guess_type(name)[0], headers=CACHEABLE)
