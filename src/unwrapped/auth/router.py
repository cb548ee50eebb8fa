"""Endpoints of sign-in and of the caller's own account."""

from typing import Annotated

from fastapi import APIRouter, Form

from unwrapped.auth.dependencies import CurrentUser, SignInServiceDep, UserServiceDep
from unwrapped.auth.schemas import (
    TokenForm,
    TokenRead,
    UserCreate,
    UserRead,
    UserUpdate,
)
from unwrapped.auth.service import UsernameTaken, WrongCredentials
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.problems import problems
from unwrapped.core.requests import StrictRoute
from unwrapped.core.security import InvalidToken

router = APIRouter(prefix="/auth", tags=["auth"], route_class=StrictRoute)


@router.post("/register", status_code=201, responses=problems(UsernameTaken))
async def register(new: UserCreate, users: UserServiceDep) -> UserRead:
    """Create an account on this server."""
    return UserRead.model_validate(await users.create_user(new))


@router.post("/token", responses=problems(WrongCredentials))
async def create_token(
    form: Annotated[TokenForm, Form()],
    sign_in: SignInServiceDep,
    resources: ResourcesDep,
) -> TokenRead:
    """Sign in with user name and password; the answer holds an access token."""
    return TokenRead(
        access_token=await sign_in.create_token(form.username, form.password),
        token_type="bearer",  # noqa: S106 - RFC 6750's name for it
        expires_in=int(resources.signer.lifetime.total_seconds()),
    )


@router.get("/me", responses=problems(InvalidToken))
async def read_me(user: CurrentUser, users: UserServiceDep) -> UserRead:
    """The caller's account."""
    return UserRead.model_validate(await users.get_user(user.id))


@router.patch("/me", responses=problems(InvalidToken))
async def update_me(
    changes: UserUpdate, user: CurrentUser, users: UserServiceDep
) -> UserRead:
    """Change display name, e-mail address or time zone of the caller's account."""
    return UserRead.model_validate(await users.update_user(user.id, changes))
