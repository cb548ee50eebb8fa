"""The page and the pictures of a share, for anybody."""

from fastapi import Request, Response

from unwrapped.auth.sessions.router import Address
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.http.negotiation import JSON
from unwrapped.core.http.problems import wants_page
from unwrapped.core.http.routing import PageRouter
from unwrapped.music.analysis.portrait_versions import read_stored
from unwrapped.music.shares.models import CardForm
from unwrapped.music.shares.router import LINK_PATH
from unwrapped.web.portrait_page import TEMPLATE, Preview, portrait_values
from unwrapped.web.public.cards import cards_of
from unwrapped.web.public.opening import HEADERS, OpenedShare, PublicSharesDep
from unwrapped.web.render import page

router = PageRouter()

PNG = "image/png"


@router.get(LINK_PATH + "/{token}")
async def show_share(
    token: str, request: Request, shares: PublicSharesDep, resources: ResourcesDep
) -> Response:
    """Show a share as a page, or as JSON to programs that ask for it.

    Chats that make a preview of the link ask for `*/*`, and get the page.
    """
    share = await shares.open(token)
    if not wants_page(request.scope):
        return Response(share.portrait, media_type=JSON, headers=HEADERS)
    origin = resources.settings.backend_url
    preview = Preview(f"{origin}{LINK_PATH}/{token}" if origin else None)
    portrait = read_stored(share.portrait)
    values = portrait_values(portrait, preview=preview, name=share.name)
    return page(TEMPLATE, values, headers=HEADERS)


@router.get(LINK_PATH + "/{token}/card.png")
async def show_card(
    share: OpenedShare, resources: ResourcesDep, address: Address
) -> Response:
    """Send the picture for previews of the link."""
    png = await cards_of(resources).get(share, CardForm.CARD, address)
    return Response(png, media_type=PNG, headers=HEADERS)


@router.get(LINK_PATH + "/{token}/story.png")
async def show_story(
    share: OpenedShare, resources: ResourcesDep, address: Address
) -> Response:
    """Send the picture for a phone held upright."""
    png = await cards_of(resources).get(share, CardForm.STORY, address)
    return Response(png, media_type=PNG, headers=HEADERS)
