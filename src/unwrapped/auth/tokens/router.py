"""Endpoints of personal tokens."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from unwrapped.auth.caller import OWNER
from unwrapped.auth.dependencies import AccountOwner
from unwrapped.auth.settings import AuthSettings
from unwrapped.auth.tokens.schemas import (
    PersonalTokenCreate,
    PersonalTokenCreated,
    PersonalTokenRead,
)
from unwrapped.auth.tokens.service import (
    PersonalTokenNotFound,
    PersonalTokenService,
    TokenNameTaken,
    TooManyTokens,
)
from unwrapped.core.dependencies import ResourcesDep, SessionDep
from unwrapped.core.exceptions import ExpiryPassed
from unwrapped.core.http.problems import problems
from unwrapped.core.http.routing import ApiRouter
from unwrapped.shared.pagination import BadCursor, Page
from unwrapped.shared.pagination_parameters import CursorQuery, LimitQuery

router = ApiRouter(prefix="/auth/tokens", tags=["auth"])


async def get_token_service(
    session: SessionDep, resources: ResourcesDep
) -> PersonalTokenService:
    """The service for personal tokens, in the request's transaction."""
    most = resources.settings_of(AuthSettings).tokens_per_user
    return PersonalTokenService(session, most)


TokenServiceDep = Annotated[PersonalTokenService, Depends(get_token_service)]


@router.post(
    "",
    status_code=201,
    responses=problems(*OWNER, TokenNameTaken, TooManyTokens, ExpiryPassed),
)
async def create_personal_token(
    new: PersonalTokenCreate, owner: AccountOwner, tokens: TokenServiceDep
) -> PersonalTokenCreated:
    """Create a token for a script or a program. It is shown only once."""
    made = await tokens.create(owner, new)
    return PersonalTokenCreated(**made.row.model_dump(), token=made.token)


@router.get("", responses=problems(*OWNER, BadCursor))
async def list_personal_tokens(
    owner: AccountOwner,
    tokens: TokenServiceDep,
    limit: LimitQuery = 50,
    cursor: CursorQuery = None,
) -> Page[PersonalTokenRead]:
    """The caller's personal tokens, the latest first."""
    return await tokens.list_tokens(owner.id, limit, cursor)


@router.delete(
    "/{token_id}",
    status_code=204,
    responses=problems(*OWNER, PersonalTokenNotFound),
)
async def revoke_personal_token(
    token_id: UUID, owner: AccountOwner, tokens: TokenServiceDep
) -> None:
    """Revoke a personal token; this takes effect at once."""
    await tokens.revoke(owner.id, token_id)
