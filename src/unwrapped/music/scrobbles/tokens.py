"""Creating, listing and revoking scrobbling tokens."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import Conflict, NotFound, TooManyRequests
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.core.secrets.encrypted_columns import Sealed
from unwrapped.core.secrets.encryption import Cipher, EncryptionContext
from unwrapped.core.secrets.tokens import TokenKind, hash_token
from unwrapped.music.scrobbles.models import ScrobblingToken
from unwrapped.music.scrobbles.schemas import ScrobblingTokenRead
from unwrapped.music.scrobbles.settings import TOKENS_PER_USER
from unwrapped.shared.pagination import Listing, Page

SCROBBLING_TOKEN = TokenKind("uws_", random_characters=27)
"""A token has only 160 random bits, because people type it on phones. It must not be 32
characters long: some clients mistake such a text for an MD5.
"""

SEALED = Sealed(ScrobblingToken, "id", ("sealed_md5",))

ENDING_CHARACTERS = 4
_LISTING = Listing("scrobbling_tokens", (datetime, UUID))


class ScrobblingTokenNameTaken(Conflict):
    """The caller already has a scrobbling token with this name."""

    code = "scrobbling_token_name_taken"

    def __init__(self) -> None:
        super().__init__("You already have a scrobbling token with this name.")


class TooManyScrobblingTokens(TooManyRequests):
    """The caller has the most scrobbling tokens that one person may have."""

    code = "too_many_scrobbling_tokens"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You have {most} scrobbling tokens already. Revoke one first."
        )


class ScrobblingTokenNotFound(NotFound):
    """The token never existed, was revoked, or belongs to somebody else."""

    code = "scrobbling_token_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such token.")


@dataclass(frozen=True, slots=True)
class NewScrobblingToken:
    """A new row together with the token itself, which is never stored."""

    row: ScrobblingTokenRead
    token: str = field(repr=False)


class ScrobblingTokenService:
    """Creates, lists and revokes scrobbling tokens."""

    def __init__(
        self, session: AsyncSession, cipher: Cipher, most: int = TOKENS_PER_USER
    ) -> None:
        self._session = session
        self._cipher = cipher
        self._most = most

    async def create(self, user_id: int, name: str) -> NewScrobblingToken:
        """Create a token.

        Raises `ScrobblingTokenNameTaken` or `TooManyScrobblingTokens`.
        """
        await self._require_place(user_id)
        token, token_id = SCROBBLING_TOKEN.create(), uuid4()
        row = ScrobblingToken(
            id=token_id,
            user_id=user_id,
            name=name,
            token_hash=hash_token(token),
            sealed_md5=self._cipher.encrypt(md5(token), context_of(token_id)),
            ending=token[-ENDING_CHARACTERS:],
        )
        try:
            async with self._session.begin_nested():
                self._session.add(row)
        except IntegrityError as error:
            raise ScrobblingTokenNameTaken from error
        await self._session.refresh(row)
        return NewScrobblingToken(ScrobblingTokenRead.model_validate(row), token)

    async def list_tokens(
        self, user_id: int, limit: int, cursor: str | None
    ) -> Page[ScrobblingTokenRead]:
        """The tokens of a person, the latest first. Raises `BadCursor`."""
        place = (col(ScrobblingToken.created_at), col(ScrobblingToken.id))
        query = select(ScrobblingToken).where(col(ScrobblingToken.user_id) == user_id)
        found = await self._session.scalars(
            _LISTING.newest_first(query, place, limit, cursor)
        )
        page = _LISTING.page(found.all(), limit, lambda row: (row.created_at, row.id))
        return page.of(ScrobblingTokenRead.model_validate)

    async def revoke(self, user_id: int, token_id: UUID) -> None:
        """Revoke a token at once, with all of its sessions.

        Raises `ScrobblingTokenNotFound`.
        """
        revoked = await count_changed(
            self._session,
            delete(ScrobblingToken).where(
                col(ScrobblingToken.id) == token_id,
                col(ScrobblingToken.user_id) == user_id,
            ),
        )
        if not revoked:
            raise ScrobblingTokenNotFound

    async def _require_place(self, user_id: int) -> None:
        await take_lock(self._session, "scrobbling_tokens", user_id)
        query = (
            select(func.count())
            .select_from(ScrobblingToken)
            .where(col(ScrobblingToken.user_id) == user_id)
        )
        if (await self._session.scalar(query) or 0) >= self._most:
            raise TooManyScrobblingTokens(self._most)


def md5(text: str) -> str:
    """The MD5 of a text in hexadecimal, which clients of Audioscrobbler use in proofs."""
    return hashlib.md5(
        text.encode(errors="surrogatepass"), usedforsecurity=False
    ).hexdigest()


def context_of(token_id: UUID) -> EncryptionContext:
    """The encryption context of the MD5 of a token."""
    return EncryptionContext("scrobbling_token", "sealed_md5", token_id)
