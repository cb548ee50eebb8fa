"""Refresh tokens: each is exchanged once; a second use means that it was stolen.

A client that lost an answer must be distinguished from a thief. Such a client comes
back within seconds with the token that it used last, and the token in the lost answer
is still unused. It gets another token, once, and the lost token counts as used: anyone
who uses that ends the session. So a client and a thief can never continue side by
side: the second use of a token by either ends the session for both.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import RefreshToken, User, UserSession
from unwrapped.auth.sessions.attempts import Attempts
from unwrapped.auth.sessions.caller_lookup import ALIVE, IDLE
from unwrapped.core.database import Database, count_changed
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import TokenKind, hash_token
from unwrapped.core.security import InvalidToken, TokenSigner

REFRESH_TOKEN = TokenKind("unwrapped_rt_")
LOST_ANSWER = timedelta(seconds=10)


class Use(StrEnum):
    """What the use of a refresh token means."""

    FIRST = "first"
    RETRY = "retry"
    THEFT = "theft"


def judge_use(
    token: RefreshToken, successor: RefreshToken | None, now: datetime
) -> Use:
    """Classify the use of a token, given the token that it was exchanged for."""
    if token.used_at is None:
        return Use.FIRST
    is_retry = (
        token.retried_at is None
        and now - token.used_at <= LOST_ANSWER
        and successor is not None
        and successor.used_at is None
    )
    return Use.RETRY if is_retry else Use.THEFT


@dataclass(frozen=True, slots=True)
class Tokens:
    """The new tokens of an API client."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)


def add_refresh_token(session: AsyncSession, signed_in: UserSession) -> str:
    """Add a new token to a session, and return it; the transaction stores its hash."""
    token = REFRESH_TOKEN.create()
    session.add(RefreshToken(token_hash=hash_token(token), session_id=signed_in.id))
    return token


class RefreshService:
    """Exchanges refresh tokens, each in its own transaction."""

    def __init__(
        self, database: Database, signer: TokenSigner, attempts: Attempts
    ) -> None:
        self._database = database
        self._signer = signer
        self._attempts = attempts

    async def refresh(self, token: str) -> Tokens:
        """Return the next tokens. Raises `InvalidToken` or `RateLimited`."""
        if not REFRESH_TOKEN.is_sound(token):
            raise InvalidToken
        token_hash = hash_token(token)
        async with self._database.session() as session:
            session_id = await session.scalar(
                select(col(RefreshToken.session_id)).where(
                    col(RefreshToken.token_hash) == token_hash
                )
            )
        if session_id is None:
            raise InvalidToken
        await self._attempts.count_refresh(session_id)
        async with self._database.session() as session:
            tokens = await self._exchange(session, token)
        # Raise only now: an error earlier would undo the end of a stolen session.
        if tokens is None:
            raise InvalidToken
        return tokens

    async def _exchange(self, session: AsyncSession, given: str) -> Tokens | None:
        """Return the next tokens; None if refused, which may have ended the session."""
        now = datetime.now(UTC)
        token_hash = hash_token(given)
        signed_in = await session.scalar(
            select(UserSession)
            .join(User, col(User.id) == col(UserSession.user_id))
            .join(RefreshToken, col(RefreshToken.session_id) == col(UserSession.id))
            .where(
                col(RefreshToken.token_hash) == token_hash,
                col(User.disabled_at).is_(None),
                ALIVE,
            )
            # The lock puts uses in order: a token is read after earlier uses are done.
            .with_for_update(of=UserSession)
        )
        if signed_in is None:
            return None
        token = await session.get_one(RefreshToken, token_hash)
        successor = await session.get(RefreshToken, token.replaced_by or "")
        use = judge_use(token, successor, now)
        if use is Use.THEFT:
            ended = delete(UserSession).where(col(UserSession.id) == signed_in.id)
            await session.execute(ended)
            return None
        access = self._signer.create_access_token(signed_in.user_id, signed_in.id)
        try:
            async with session.begin_nested():
                if use is Use.RETRY and successor is not None:
                    token.retried_at = successor.used_at = now
                else:
                    token.used_at = now
                signed_in.last_used_at = now
                refresh = add_refresh_token(session, signed_in)
                token.replaced_by = hash_token(refresh)
        except DBAPIError as error:
            if use is not Use.FIRST or not is_disk_full(error):
                raise
            # While the disk is full, a client keeps its token, which is still unused.
            return Tokens(access, given)
        return Tokens(access, refresh)


async def delete_used_tokens(resources: Resources) -> int:
    """Delete tokens that were used longer than `IDLE` ago; return their number.

    They are kept until then, as their reuse reveals a theft: one user of the token is
    the client, the other a thief. A client that comes back later does not expect its
    session to be alive.
    """
    long_ago = datetime.now(UTC) - IDLE
    used = delete(RefreshToken).where(col(RefreshToken.used_at) < long_ago)
    async with resources.database.session() as session:
        return await count_changed(session, used)
