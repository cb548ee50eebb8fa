"""Endpoints of accounts; those of sign-in are in `sessions`."""

from fastapi import APIRouter

from unwrapped.auth.caller import SIGNED_IN
from unwrapped.auth.dependencies import CurrentUser, UserServiceDep
from unwrapped.auth.schemas import (
    UserCreate,
    UserRead,
    UserUpdate,
)
from unwrapped.auth.service import UsernameTaken
from unwrapped.auth.sessions.router import router as sessions_router
from unwrapped.auth.tokens.router import router as tokens_router
from unwrapped.core.problems import problems
from unwrapped.core.requests import StrictRoute

router = APIRouter(prefix="/auth", tags=["auth"], route_class=StrictRoute)
router.include_router(sessions_router)
router.include_router(tokens_router)


@router.post("/register", status_code=201, responses=problems(UsernameTaken))
async def register(new: UserCreate, users: UserServiceDep) -> UserRead:
    """Create an account on this server."""
    return UserRead.model_validate(await users.create_user(new))


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
