"""Endpoints of signing in with providers."""

from typing import Annotated

from fastapi import Cookie, Depends, Path, Query, Request, Response
from fastapi.responses import RedirectResponse

from unwrapped.auth.caller import OWNER
from unwrapped.auth.dependencies import StreamingOwner
from unwrapped.auth.oauth.callbacks import Callback, SignInDeclined
from unwrapped.auth.oauth.clients.spotify import NotOnTheList
from unwrapped.auth.oauth.cookie import COOKIE, set_cookie
from unwrapped.auth.oauth.errors import ProviderRefuses, SignInRefused
from unwrapped.auth.oauth.linked_accounts import (
    AccountTaken,
    AlreadyLinked,
    LinkNotFound,
    OnlySignIn,
)
from unwrapped.auth.oauth.providers import ProviderNotFound, providers_of
from unwrapped.auth.oauth.schemas import (
    LinkBegin,
    LinkBegun,
    LinkedAccountRead,
    NextPath,
    ProviderRead,
)
from unwrapped.auth.oauth.service import LinkService
from unwrapped.auth.oauth.settings import CALLBACK, callback_of, login_of
from unwrapped.auth.oauth.sign_in import AccessNotOffered, Completed, OAuthSignInService
from unwrapped.auth.oauth.states import StateNotFound
from unwrapped.auth.registration import RegistrationClosed, UnknownProxy
from unwrapped.auth.sessions.cookie import set_cookie as set_session_cookie
from unwrapped.auth.sessions.router import Address
from unwrapped.auth.sessions.sign_in import AccountDisabled
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.http.guards.proxies import sender_of
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter, LinkRoute
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.rate_limits import RateLimited
from unwrapped.shared.api_client import SERVICE_PROBLEMS
from unwrapped.shared.validators import SafeStr

router = ApiRouter(prefix="/auth", tags=["auth"])
# A provider may add any parameters when it sends a browser back.
callback_router = ApiRouter(prefix="/auth", tags=["auth"], route_class=LinkRoute)

SEE_OTHER = 303
ENDINGS = problems(
    SignInRefused,
    SignInDeclined,
    NotOnTheList,
    StateNotFound,
    ProviderNotFound,
    RegistrationClosed,
    UnknownProxy,
    AccountDisabled,
    AccountTaken,
    AlreadyLinked,
    *SERVICE_PROBLEMS,
    ProviderRefuses,
) | {SEE_OTHER: {"description": "Completed: redirects to a page of this service"}}
"""The possible answers to a callback."""

ProviderName = Annotated[SafeStr, Path(max_length=32, examples=["spotify"])]
BrowserSecret = Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)]


async def get_oauth_service(
    request: Request, resources: ResourcesDep
) -> OAuthSignInService:
    """The service for signing in with providers."""
    return OAuthSignInService(resources, sender_of(request.scope))


OAuthServiceDep = Annotated[OAuthSignInService, Depends(get_oauth_service)]


async def get_link_service(request: Request, resources: ResourcesDep) -> LinkService:
    """The service for linked accounts."""
    return LinkService(resources, state_of(request).on_unlink)


LinkServiceDep = Annotated[LinkService, Depends(get_link_service)]


@router.get("/providers")
async def list_providers(resources: ResourcesDep) -> list[ProviderRead]:
    """The providers that people can sign in with on this server."""
    return [
        ProviderRead(
            name=client.registration.provider,
            title=client.registration.title,
            login=login_of(client.registration.provider),
            offers_access=bool(client.access_scopes),
        )
        for client in providers_of(resources)
    ]


@router.get("/linked-accounts", responses=problems(*OWNER))
async def list_linked_accounts(
    owner: StreamingOwner, links: LinkServiceDep
) -> list[LinkedAccountRead]:
    """The accounts at providers with which the caller signs in."""
    return await links.list_accounts(owner.id)


@router.get(
    "/{provider}/login",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    responses=problems(ProviderNotFound, RateLimited, *SERVICE_PROBLEMS),
)
async def begin_sign_in(
    provider: ProviderName,
    address: Address,
    service: OAuthServiceDep,
    next: Annotated[NextPath | None, Query()] = None,
    old: BrowserSecret = None,
) -> Response:
    """Begin to sign in: redirect the browser that opens this to the provider."""
    begun = await service.begin_sign_in(provider, next, old, address)
    answer = RedirectResponse(begun.url, SEE_OTHER)
    set_cookie(answer, begun.browser)
    return answer


@router.post(
    "/{provider}/link",
    responses=problems(*OWNER, ProviderNotFound, AccessNotOffered, *SERVICE_PROBLEMS),
)
async def begin_link(
    provider: ProviderName,
    wanted: LinkBegin,
    response: Response,
    owner: StreamingOwner,
    service: OAuthServiceDep,
    old: BrowserSecret = None,
) -> LinkBegun:
    """Begin to link an account at a provider to the caller's, or to grant access to it.

    The response sets a cookie: only the browser that has it can continue.
    """
    begun = await service.begin_link(
        provider, wanted.next, old, owner.require_session(), asks_access=wanted.access
    )
    set_cookie(response, begun.browser)
    return LinkBegun(authorization_url=begun.url)


@router.delete(
    "/{provider}/link",
    status_code=204,
    responses=problems(*OWNER, LinkNotFound, OnlySignIn),
)
async def unlink(
    provider: ProviderName, owner: StreamingOwner, links: LinkServiceDep
) -> None:
    """Unlink the account at a provider, and delete its tokens and the data from its
    API.
    """
    await links.unlink(owner.id, provider)


async def get_callback(request: Request) -> Callback:
    """The provider's parameters. Raises `SignInRefused`."""
    return Callback.parse(request.scope["query_string"])


CallbackDep = Annotated[Callback, Depends(get_callback)]


@callback_router.get(
    "/callback",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    responses=ENDINGS,
)
async def complete_sign_in(
    callback: CallbackDep, service: OAuthServiceDep, browser: BrowserSecret = None
) -> Response:
    """Complete a sign-in: the provider with this redirect URI sends browsers here."""
    return _signed_in(await service.complete(callback, browser, CALLBACK))


@callback_router.get(
    "/{provider}/callback",
    status_code=SEE_OTHER,
    response_class=RedirectResponse,
    responses=ENDINGS,
)
async def complete_sign_in_with(
    provider: ProviderName,
    callback: CallbackDep,
    service: OAuthServiceDep,
    browser: BrowserSecret = None,
) -> Response:
    """Complete a sign-in: the provider sends the browser back here.

    The query has `state`, and `code` or `error`.
    """
    path = callback_of(provider)
    return _signed_in(await service.complete(callback, browser, path))


def _signed_in(completed: Completed) -> Response:
    answer = RedirectResponse(completed.next_path, SEE_OTHER)
    if completed.session_secret is not None:
        set_session_cookie(answer, completed.session_secret)
    return answer
