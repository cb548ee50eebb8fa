"""Endpoints of accounts; those of sign-in are in `sessions`."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request, Response
from fastapi.responses import StreamingResponse

from unwrapped.auth.caller import OWNER, SIGNED_IN
from unwrapped.auth.deletion import DeletionService
from unwrapped.auth.dependencies import (
    CurrentUser,
    ExportingUser,
    SignInServiceDep,
    StreamingOwner,
    UserServiceDep,
)
from unwrapped.auth.export import Export, ExportRunning, open_export
from unwrapped.auth.oauth.router import callback_router
from unwrapped.auth.oauth.router import router as oauth_router
from unwrapped.auth.passwords import WeakPassword
from unwrapped.auth.people.router import router as people_router
from unwrapped.auth.registration import (
    RegistrationClosed,
    RegistrationService,
    UnknownProxy,
)
from unwrapped.auth.schemas import (
    AccountDelete,
    UserCreate,
    UserRead,
    UserUpdate,
)
from unwrapped.auth.service import UsernameTaken
from unwrapped.auth.sessions.cookie import clear_cookie
from unwrapped.auth.sessions.router import Address
from unwrapped.auth.sessions.router import router as sessions_router
from unwrapped.auth.sessions.sign_in import SignInAgain, WrongCredentials
from unwrapped.auth.tokens.router import router as tokens_router
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.exceptions import UserNotFoundError
from unwrapped.core.http.guards.proxies import sender_of
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.rate_limits import RateLimited

router = ApiRouter(prefix="/auth", tags=["auth"])
router.add(sessions_router, tokens_router, oauth_router, callback_router, people_router)

ZIP = "application/zip"


async def get_registration_service(
    request: Request, resources: ResourcesDep
) -> RegistrationService:
    """The service that creates accounts."""
    return RegistrationService(resources, sender_of(request.scope))


RegistrationDep = Annotated[RegistrationService, Depends(get_registration_service)]


async def get_deletion_service(
    resources: ResourcesDep, sign_in: SignInServiceDep
) -> DeletionService:
    """The service that deletes accounts."""
    return DeletionService(resources.database, sign_in)


DeletionServiceDep = Annotated[DeletionService, Depends(get_deletion_service)]


async def get_export(
    request: Request, user: ExportingUser, resources: ResourcesDep
) -> AsyncIterator[Export]:
    """The caller's export; it is closed after the response."""
    parts = state_of(request).personal_data
    async with open_export(resources, parts, user.id) as export:
        yield export


ExportDep = Annotated[Export, Depends(get_export)]


@router.post(
    "/register",
    status_code=201,
    responses=problems(
        RegistrationClosed, UnknownProxy, UsernameTaken, WeakPassword, RateLimited
    ),
)
async def register(
    new: UserCreate, address: Address, registration: RegistrationDep
) -> UserRead:
    """Create an account: the first on this server, or while registration is open."""
    return UserRead.model_validate(await registration.register(new, address))


@router.get("/me", responses=problems(*SIGNED_IN))
async def read_me(user: CurrentUser, users: UserServiceDep) -> UserRead:
    """The caller's account."""
    return UserRead.model_validate(await users.get_user(user.id))


@router.patch("/me", responses=problems(*SIGNED_IN))
async def update_me(
    changes: UserUpdate, user: CurrentUser, users: UserServiceDep
) -> UserRead:
    """Change display name, e-mail address or time zone of the caller's account."""
    return UserRead.model_validate(await users.update_user(user.id, changes))


@router.get(
    "/me/export",
    response_class=StreamingResponse,
    responses=problems(*SIGNED_IN, ExportRunning)
    | {200: {"content": {ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
)
async def export_me(export: ExportDep) -> StreamingResponse:
    """Export everything that this service stores about the caller: a zip of JSON lines.

    A personal token needs the scope `export`.
    """
    disposition = f'attachment; filename="{export.file_name}"'
    return StreamingResponse(
        export.pieces, media_type=ZIP, headers={"Content-Disposition": disposition}
    )


@router.post(
    "/me/delete",
    status_code=204,
    responses=problems(
        *OWNER, WrongCredentials, SignInAgain, UserNotFoundError, RateLimited
    ),
)
async def delete_me(
    proof: AccountDelete,
    response: Response,
    owner: StreamingOwner,
    deletion: DeletionServiceDep,
) -> None:
    """Delete the caller's account and everything that belongs to it, permanently."""
    await deletion.delete_account(owner.id, owner.require_session(), proof.password)
    clear_cookie(response)
