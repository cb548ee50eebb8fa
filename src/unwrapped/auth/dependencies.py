"""Dependencies that identify the caller of an endpoint."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import APIKeyCookie, OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.auth.caller import Caller
from unwrapped.auth.models import Scope
from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.attempts import Attempts
from unwrapped.auth.sessions.caller_lookup import (
    COOKIE_SECRET,
    PERSONAL_TOKEN,
    CallerLookup,
)
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.auth.sessions.refreshing import RefreshService
from unwrapped.auth.sessions.service import SessionService
from unwrapped.auth.sessions.sessionless_passes import find_caller
from unwrapped.auth.sessions.sign_in import SignInService
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.dependencies import (
    ResourcesDep,
    SessionDep,
    credential_of,
    open_session,
)
from unwrapped.core.http.api_prefix import API
from unwrapped.core.http.guards.same_origin import SAFE_METHODS, require_same_origin
from unwrapped.core.process_resources import Resources
from unwrapped.core.security import InvalidToken

TOKEN_URL = f"{API}/auth/token"

_bearer = OAuth2PasswordBearer(
    tokenUrl=TOKEN_URL, refreshUrl=TOKEN_URL, auto_error=False
)
_cookie = APIKeyCookie(name=COOKIE, auto_error=False)
_BearerToken = Annotated[str | None, Depends(_bearer)]
_CookieSecret = Annotated[str | None, Depends(_cookie)]


async def get_user_service(session: SessionDep) -> UserService:
    """The service for accounts, in the request's transaction."""
    return UserService(session)


UserServiceDep = Annotated[UserService, Depends(get_user_service)]


async def get_session_service(session: SessionDep) -> SessionService:
    """The service for sessions, in the request's transaction."""
    return SessionService(session)


SessionServiceDep = Annotated[SessionService, Depends(get_session_service)]


def _attempts(resources: Resources) -> Attempts:
    return Attempts(resources.limiter, resources.settings_of(AuthSettings))


async def get_sign_in_service(resources: ResourcesDep) -> SignInService:
    """The service for signing in."""
    most = resources.settings_of(AuthSettings).sessions_per_user
    attempts = _attempts(resources)
    return SignInService(resources.database, resources.signer, attempts, most)


SignInServiceDep = Annotated[SignInService, Depends(get_sign_in_service)]


async def get_refresh_service(resources: ResourcesDep) -> RefreshService:
    """The service for refreshing tokens."""
    return RefreshService(resources.database, resources.signer, _attempts(resources))


RefreshServiceDep = Annotated[RefreshService, Depends(get_refresh_service)]


async def get_current_user(
    request: Request,
    token: _BearerToken,
    secret: _CookieSecret,
    resources: ResourcesDep,
    session: SessionDep,
) -> Caller:
    """The person who sent the request.

    Raises `InvalidToken`, `InsufficientScope` or `CrossSite`.
    """
    caller = await _identify(request, token, secret, resources, session)
    caller.require_scope(_scope_of(request))
    return caller


CurrentUser = Annotated[Caller, Depends(get_current_user)]
"""The caller; a request without valid credentials is answered with 401."""


async def get_current_user_apart(
    request: Request,
    token: _BearerToken,
    secret: _CookieSecret,
    resources: ResourcesDep,
) -> Caller:
    """Like `get_current_user`, but in a short transaction of its own."""
    async with open_session(request) as session:
        return await get_current_user(request, token, secret, resources, session)


StreamingUser = Annotated[Caller, Depends(get_current_user_apart)]
"""The caller of a slow endpoint: no database connection is held while it runs."""


async def get_visitor(
    request: Request,
    token: _BearerToken,
    secret: _CookieSecret,
    resources: ResourcesDep,
) -> Caller | None:
    """Like `get_current_user_apart`, but None for somebody who is not signed in."""
    try:
        return await get_current_user_apart(request, token, secret, resources)
    except InvalidToken:
        return None


Visitor = Annotated[Caller | None, Depends(get_visitor)]
"""The caller, or None when not signed in."""


async def get_exporting_user(
    request: Request,
    token: _BearerToken,
    secret: _CookieSecret,
    resources: ResourcesDep,
) -> Caller:
    """Like `get_current_user_apart`, but the required scope is `Scope.EXPORT`."""
    async with open_session(request) as session:
        caller = await _identify(request, token, secret, resources, session)
    caller.require_scope(Scope.EXPORT)
    return caller


ExportingUser = Annotated[Caller, Depends(get_exporting_user)]
"""The caller of an export; a personal token needs the scope for it."""


async def get_account_owner(caller: CurrentUser) -> Caller:
    """A caller who signed in. Raises `SessionNeeded` for a personal token."""
    caller.require_session()
    return caller


AccountOwner = Annotated[Caller, Depends(get_account_owner)]
"""The caller, signed in: for requests about the account itself."""


async def get_administrator(caller: CurrentUser) -> Caller:
    """A caller who may administer. Raises `SessionNeeded` or `AdministratorNeeded`."""
    caller.require_administrator()
    return caller


Administrator = Annotated[Caller, Depends(get_administrator)]
"""The caller, signed in as an administrator: for requests about other people."""


async def get_streaming_administrator(caller: StreamingUser) -> Caller:
    """Like `get_administrator`, but in a short transaction of its own."""
    caller.require_administrator()
    return caller


StreamingAdministrator = Annotated[Caller, Depends(get_streaming_administrator)]
"""Like `Administrator`, for endpoints that first hash or verify a password."""


async def get_streaming_owner(caller: StreamingUser) -> Caller:
    """Like `get_account_owner`, but in a short transaction of its own."""
    caller.require_session()
    return caller


StreamingOwner = Annotated[Caller, Depends(get_streaming_owner)]
"""Like `AccountOwner`, for slow endpoints."""


async def _identify(
    request: Request,
    token: str | None,
    secret: str | None,
    resources: Resources,
    session: AsyncSession,
) -> Caller:
    lookup = CallerLookup(session)
    if token is not None:
        # A browser never adds this header by itself: the origin need not be checked.
        if PERSONAL_TOKEN.owns(token):
            caller = await lookup.by_personal_token(token)
        else:
            caller = await _by_access_token(token, resources, session)
    elif secret is not None:
        if request.method not in SAFE_METHODS:
            require_same_origin(request, resources.settings.backend_url)
        if resources.database.disk_space.is_lacking and not COOKIE_SECRET.owns(secret):
            claims = resources.signer.verify_token(secret)
            caller = await find_caller(session, resources.signer, claims)
        else:
            caller = await lookup.by_cookie(secret)
    else:
        raise InvalidToken
    request.state.user_id = caller.id  # for the log line
    if credential := credential_of(request):
        resources.turns.learn(credential, caller.id)
    return caller


def _scope_of(request: Request) -> Scope:
    return Scope.READ if request.method in SAFE_METHODS else Scope.WRITE


async def _by_access_token(
    token: str, resources: Resources, session: AsyncSession
) -> Caller:
    claims = resources.signer.verify_token(token)
    try:
        return await CallerLookup(session).by_claims(claims)
    except InvalidToken:
        if not resources.database.disk_space.is_lacking:
            raise
    return await find_caller(session, resources.signer, claims)
