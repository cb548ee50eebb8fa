"""Endpoints of sign-in and of sessions."""

from typing import Annotated
from uuid import UUID

from fastapi import Cookie, Depends, Form, Request, Response

from unwrapped.auth.caller import OWNER
from unwrapped.auth.dependencies import (
    AccountOwner,
    RefreshServiceDep,
    SessionServiceDep,
    SignInServiceDep,
    StreamingOwner,
)
from unwrapped.auth.passwords import WeakPassword
from unwrapped.auth.sessions.cookie import (
    COOKIE,
    DEVICES_COOKIE,
    clear_cookie,
    set_cookie,
    set_devices_cookie,
)
from unwrapped.auth.sessions.schemas import (
    PasswordChange,
    SessionRead,
    SignIn,
    TokenForm,
    TokenRead,
)
from unwrapped.auth.sessions.service import SessionNotFound
from unwrapped.auth.sessions.sign_in import (
    AccountDisabled,
    Browser,
    SignInAgain,
    WrongCredentials,
)
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.http.guards.same_origin import CrossSite, require_same_origin
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.core.postgres.rate_limits import RateLimited
from unwrapped.core.security import InvalidToken
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery

router = ApiRouter(prefix="/auth", tags=["auth"])


async def get_address(request: Request) -> str | None:
    """The address of the client, or of the last proxy that is not trusted."""
    return request.client.host if request.client else None


Address = Annotated[str | None, Depends(get_address)]


async def get_own_page(request: Request, resources: ResourcesDep) -> None:
    """Raise `CrossSite` unless a page of this service sends the request."""
    require_same_origin(request, resources.settings.backend_url)


async def get_browser(
    session: Annotated[
        str | None, Cookie(alias=COOKIE, include_in_schema=False)
    ] = None,
    devices: Annotated[
        str | None, Cookie(alias=DEVICES_COOKIE, include_in_schema=False)
    ] = None,
) -> Browser:
    """The cookies that a browser sends."""
    return Browser(session, devices)


BrowserDep = Annotated[Browser, Depends(get_browser)]

OwnPage = Annotated[None, Depends(get_own_page)]
"""Requires that a page of this service sends the request."""


@router.post(
    "/token",
    responses=problems(WrongCredentials, InvalidToken, AccountDisabled, RateLimited),
)
async def create_token(
    form: Annotated[TokenForm, Form()],
    address: Address,
    sign_in: SignInServiceDep,
    refreshing: RefreshServiceDep,
    resources: ResourcesDep,
) -> TokenRead:
    """Sign in as an API client, or exchange a refresh token for new tokens.

    A refresh token is accepted once. Using it again ends the session, since it may have
    been stolen. Only a client that did not receive the answer may repeat the request,
    once, within ten seconds. Do not refresh concurrently.
    """
    if form.refresh_token is not None:
        tokens = await refreshing.refresh(form.refresh_token.get_secret_value())
    else:
        tokens = await sign_in.sign_in_api(form.given_name, form.secret, address)
    return TokenRead(
        access_token=tokens.access,
        token_type="bearer",  # noqa: S106 - RFC 6750's name for it
        expires_in=int(resources.signer.lifetime.total_seconds()),
        refresh_token=tokens.refresh,
    )


@router.post(
    "/session",
    status_code=204,
    responses=problems(WrongCredentials, CrossSite, AccountDisabled, RateLimited),
)
async def sign_in(
    given: SignIn,
    response: Response,
    address: Address,
    service: SignInServiceDep,
    browser: BrowserDep,
    _: OwnPage,
) -> None:
    """Sign in on the web page: the browser gets a cookie. Programs use `/token`.

    The browser gets a second cookie, which grants no access: it shows that the browser
    has signed in before. Attempts from such a browser are counted separately.
    """
    secret, devices = await service.sign_in_web(
        given.username, given.password, address, browser
    )
    set_cookie(response, secret)
    set_devices_cookie(response, devices)


@router.delete("/session", status_code=204, responses=problems(*OWNER))
async def sign_out(
    response: Response, owner: AccountOwner, sessions: SessionServiceDep
) -> None:
    """Sign out: the session of this request ends."""
    await sessions.end(owner.id, owner.require_session().id)
    clear_cookie(response)


@router.get("/sessions", responses=problems(*OWNER, BadCursor))
async def list_sessions(
    owner: AccountOwner,
    sessions: SessionServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[SessionRead]:
    """The caller's sessions, the latest first."""
    current = owner.require_session()
    return await sessions.list_sessions(owner.id, current, limit, cursor)


@router.delete(
    "/sessions",
    status_code=204,
    responses=problems(*OWNER),
)
async def end_other_sessions(owner: AccountOwner, sessions: SessionServiceDep) -> None:
    """End all sessions of the caller except the one of this request."""
    await sessions.end_others(owner.id, owner.require_session())


@router.delete(
    "/sessions/{session_id}",
    status_code=204,
    responses=problems(*OWNER, SessionNotFound),
)
async def end_session(
    session_id: UUID, owner: AccountOwner, sessions: SessionServiceDep
) -> None:
    """End a session of the caller at once."""
    await sessions.end(owner.id, session_id)


@router.post(
    "/me/password",
    status_code=204,
    responses=problems(
        *OWNER, WrongCredentials, SignInAgain, WeakPassword, RateLimited
    ),
)
async def change_password(
    change: PasswordChange,
    response: Response,
    owner: StreamingOwner,
    service: SignInServiceDep,
) -> None:
    """Change the password, or choose a first one.

    All sessions and personal tokens end. The web page continues with a new cookie; API
    clients sign in again.
    """
    secret = await service.change_password(
        owner.id, owner.require_session(), change.current_password, change.new_password
    )
    if secret is not None:
        set_cookie(response, secret)
