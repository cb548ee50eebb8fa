"""Creating, listing and revoking personal tokens."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.caller import Caller
from unwrapped.auth.models import PersonalToken, UserSession
from unwrapped.auth.sessions.caller_lookup import PERSONAL_TOKEN
from unwrapped.auth.settings import TOKENS_PER_USER
from unwrapped.auth.tokens.schemas import PersonalTokenCreate, PersonalTokenRead
from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import (
    Conflict,
    ExpiryPassed,
    NotFound,
    TooManyRequests,
)
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.core.security import InvalidToken
from unwrapped.shared.pagination import Listing, Page

ENDING_CHARACTERS = 4
_LISTING = Listing("personal_tokens", (datetime, UUID))


_EXPIRED = col(PersonalToken.expires_at) <= func.clock_timestamp()


class TokenNameTaken(Conflict):
    """The caller has a token of this name."""

    code = "token_name_taken"


class TooManyTokens(TooManyRequests):
    """The caller has as many personal tokens as one person may have."""

    code = "too_many_tokens"

    def __init__(self, most: int) -> None:
        super().__init__(f"You have {most} personal tokens already. Revoke one first.")


class PersonalTokenNotFound(NotFound):
    """There is no such token: it never existed, was revoked or has expired."""

    code = "personal_token_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such token.")


@dataclass(frozen=True, slots=True)
class NewPersonalToken:
    """The data of a new token, and the token itself, which is never stored."""

    row: PersonalTokenRead
    token: str = field(repr=False)


class PersonalTokenService:
    """Personal tokens of one person."""

    def __init__(self, session: AsyncSession, most: int = TOKENS_PER_USER) -> None:
        self._session = session
        self._most = most

    async def create(self, owner: Caller, new: PersonalTokenCreate) -> NewPersonalToken:
        """Create a token. Raises `TokenNameTaken`, `TooManyTokens` or `ExpiryPassed`."""
        if new.expires_at is not None and new.expires_at <= datetime.now(UTC):
            raise ExpiryPassed("expires_at is in the past.")
        await self._hold(owner)
        await self._require_place(owner.id)
        token = PERSONAL_TOKEN.create()
        row = PersonalToken(
            user_id=owner.id,
            name=new.name,
            scopes=sorted(new.scopes),
            token_hash=hash_token(token),
            ending=token[-ENDING_CHARACTERS:],
            expires_at=new.expires_at,
        )
        try:
            async with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError as error:
            raise TokenNameTaken("You have a token of this name.") from error
        await self._session.refresh(row)
        return NewPersonalToken(PersonalTokenRead.model_validate(row), token)

    async def list_tokens(
        self, user_id: int, limit: int, cursor: str | None
    ) -> Page[PersonalTokenRead]:
        """Return the tokens of the user, the latest first. Raises `BadCursor`."""
        place = (col(PersonalToken.created_at), col(PersonalToken.id))
        query = select(PersonalToken).where(col(PersonalToken.user_id) == user_id)
        found = await self._session.scalars(
            _LISTING.newest_first(query, place, limit, cursor)
        )
        page = _LISTING.page(found.all(), limit, lambda row: (row.created_at, row.id))
        return page.of(PersonalTokenRead.model_validate)

    async def revoke(self, user_id: int, token_id: UUID) -> None:
        """Revoke a token at once. Raises `PersonalTokenNotFound`."""
        revoked = await count_changed(
            self._session,
            delete(PersonalToken).where(
                col(PersonalToken.id) == token_id,
                col(PersonalToken.user_id) == user_id,
            ),
        )
        if not revoked:
            raise PersonalTokenNotFound

    async def _require_place(self, user_id: int) -> None:
        await take_lock(self._session, "tokens", user_id)
        mine = col(PersonalToken.user_id) == user_id
        await self._session.execute(delete(PersonalToken).where(mine, _EXPIRED))
        query = select(func.count()).select_from(PersonalToken).where(mine)
        if (await self._session.scalar(query) or 0) >= self._most:
            raise TooManyTokens(self._most)

    async def _hold(self, owner: Caller) -> None:
        """Lock the session, so that it is alive until the token is stored.

        A change of the password waits for this lock, and then deletes the token, too.
        """
        held = await self._session.scalar(
            select(col(UserSession.id))
            .where(col(UserSession.id) == owner.require_session().id)
            .with_for_update()
        )
        if held is None:
            raise InvalidToken


async def delete_expired_tokens(resources: Resources) -> int:
    """Delete the personal tokens that have expired; return their number."""
    async with resources.database.session() as session:
        return await count_changed(session, delete(PersonalToken).where(_EXPIRED))
