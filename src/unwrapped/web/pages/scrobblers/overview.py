"""The screen of scrobblers: their tokens, last requests, and the settings of clients."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Response
from pydantic import StringConstraints

from unwrapped.auth.caller import Caller
from unwrapped.auth.dependencies import UserServiceDep
from unwrapped.auth.service import UserService
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.http.own_addresses import own_address
from unwrapped.core.schemas import Schema
from unwrapped.music.scrobbles.holders import HolderLookup
from unwrapped.music.scrobbles.router import ScrobblingTokenServiceDep
from unwrapped.music.scrobbles.schemas import ScrobblingTokenCreate
from unwrapped.music.scrobbles.tokens import NewScrobblingToken, ScrobblingTokenService
from unwrapped.web.pages.forms import Form, read_form, redirect
from unwrapped.web.pages.links import SCROBBLERS
from unwrapped.web.pages.screen import Owner, Screen, ScreenDep, screen_router
from unwrapped.web.pages.scrobblers.address_check import doubts
from unwrapped.web.pages.scrobblers.clients import (
    CLIENTS,
    Client,
    clients_for,
)
from unwrapped.web.pages.scrobblers.token_check import Seen, see

router = screen_router()

MOST_TOKENS = 200
UNKNOWN = "your token"


class Overview:
    """Reads the data of the screen for each answer, and shows it."""

    def __init__(
        self,
        screen: Screen,
        owner: Caller,
        tokens: ScrobblingTokenService,
        users: UserService,
    ) -> None:
        self.owner = owner
        self._screen = screen
        self._tokens = tokens
        self._users = users

    async def show[S: Schema](
        self, request: Request, form: Form[S], seen: Seen | None = None
    ) -> Response:
        """Show the existing tokens, and the settings of clients."""
        page = await self._tokens.list_tokens(self.owner.id, MOST_TOKENS, None)
        return self._screen.show(
            "pages/scrobblers/overview.html",
            form=form,
            tokens=page.items,
            clients=await self._clients(request, UNKNOWN),
            titles=[client.title for client in CLIENTS],
            seen=seen,
            address=own_address(request),
            doubts=doubts(request),
        )

    async def show_token(self, request: Request, made: NewScrobblingToken) -> Response:
        """Show a new token, and first the settings of the client that it is named after."""
        name = made.row.name.lower()
        clients = await self._clients(request, made.token)
        chosen = [client for client in clients if client.title.lower() in name]
        return self._screen.show(
            "pages/scrobblers/token.html",
            token=made.token,
            row=made.row,
            chosen=chosen,
            clients=[client for client in clients if client not in chosen],
            doubts=doubts(request),
        )

    async def _clients(self, request: Request, token: str) -> list[Client]:
        person = await self._users.get_user(self.owner.id)
        return clients_for(own_address(request), person.username, token)


async def get_overview(
    screen: ScreenDep,
    owner: Owner,
    tokens: ScrobblingTokenServiceDep,
    users: UserServiceDep,
) -> Overview:
    """The screen for the caller."""
    return Overview(screen, owner, tokens, users)


async def get_holder_lookup(
    session: SessionDep, resources: ResourcesDep
) -> HolderLookup:
    """The lookup of holders of tokens, in the request's transaction."""
    return HolderLookup(session, resources.cipher)


OverviewDep = Annotated[Overview, Depends(get_overview)]
HolderLookupDep = Annotated[HolderLookup, Depends(get_holder_lookup)]


class TriedForm(Schema):
    """The form that tests a token."""

    tested: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


@router.get(SCROBBLERS)
async def show_scrobblers(request: Request, overview: OverviewDep) -> Response:
    """Show the tokens, and the settings of clients."""
    return await overview.show(request, Form())


@router.post(SCROBBLERS)
async def create_token(
    request: Request,
    overview: OverviewDep,
    session: SessionDep,
    tokens: ScrobblingTokenServiceDep,
) -> Response:
    """Create a token, and show it with the settings of clients, which happens only once."""
    form = await read_form(request, ScrobblingTokenCreate)
    async with form.attempt(session):
        made = await tokens.create(overview.owner.id, form.value.name)
        return await overview.show_token(request, made)
    return await overview.show(request, form)


@router.post(SCROBBLERS + "/test")
async def try_token(
    request: Request, overview: OverviewDep, lookup: HolderLookupDep
) -> Response:
    """Show what the server knows about a token."""
    form = await read_form(request, TriedForm)
    async with form.attempt():
        seen = await see(form.value.tested, overview.owner.id, lookup)
        return await overview.show(request, Form(), seen)
    return await overview.show(request, form)


@router.post(SCROBBLERS + "/tokens/{token_id}/revoke")
async def revoke_token(
    token_id: UUID, owner: Owner, tokens: ScrobblingTokenServiceDep
) -> Response:
    """Revoke a token; its client is refused from then on."""
    await tokens.revoke(owner.id, token_id)
    return redirect(SCROBBLERS)
