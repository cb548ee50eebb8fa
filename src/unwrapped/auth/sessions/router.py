"""Endpoints of sign-in."""

from typing import Annotated

from fastapi import APIRouter, Form

from unwrapped.auth.dependencies import SignInServiceDep
from unwrapped.auth.sessions.schemas import TokenForm, TokenRead
from unwrapped.auth.sessions.service import WrongCredentials
from unwrapped.core.dependencies import ResourcesDep
from unwrapped.core.problems import problems
from unwrapped.core.requests import StrictRoute

router = APIRouter(route_class=StrictRoute)


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
