"""What endpoints ask for to know who is calling."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer

from unwrapped.auth.service import UserService
from unwrapped.auth.sessions.service import Caller, SessionService, SignInService
from unwrapped.core.database import SessionDep
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.security import InvalidToken

TOKEN_URL = "/api/v1/auth/token"  # noqa: S105 - an address

_scheme = OAuth2PasswordBearer(tokenUrl=TOKEN_URL, auto_error=False)
_BearerToken = Annotated[str | None, Depends(_scheme)]


async def get_user_service(session: SessionDep) -> UserService:
    """Accounts, in the request's transaction."""
    return UserService(session)


UserServiceDep = Annotated[UserService, Depends(get_user_service)]


async def get_session_service(session: SessionDep) -> SessionService:
    """Sessions, in the request's transaction."""
    return SessionService(session)


SessionServiceDep = Annotated[SessionService, Depends(get_session_service)]


async def get_sign_in_service(resources: ResourcesDep) -> SignInService:
    """Signing in."""
    return SignInService(resources.database, resources.signer)


SignInServiceDep = Annotated[SignInService, Depends(get_sign_in_service)]


async def get_current_user(
    request: Request,
    token: _BearerToken,
    resources: ResourcesDep,
    sessions: SessionServiceDep,
) -> Caller:
    """Who sent the request. Raises `InvalidToken`."""
    return await _identify(request, token, resources, sessions)


CurrentUser = Annotated[Caller, Depends(get_current_user)]
"""The caller; the request is refused with 401 without one."""


async def get_current_user_apart(
    request: Request, token: _BearerToken, resources: ResourcesDep
) -> Caller:
    """As `get_current_user`, in a short transaction of its own."""
    async with resources.database.session() as session:
        return await _identify(request, token, resources, SessionService(session))


StreamingUser = Annotated[Caller, Depends(get_current_user_apart)]
"""The caller of an endpoint that streams: no connection is held while it does."""


async def _identify(
    request: Request,
    token: str | None,
    resources: ResourcesDep,
    sessions: SessionService,
) -> Caller:
    if token is None:
        raise InvalidToken
    caller = await sessions.find_caller(resources.signer.verify_token(token))
    request.state.user_id = caller.id  # for the line in the log
    return caller
