"""Signing in, and who a session speaks for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from pydantic import SecretStr
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import SessionKind, User, UserSession
from unwrapped.auth.passwords import verify_password
from unwrapped.auth.service import username_key
from unwrapped.core.database import Database, count_changed
from unwrapped.core.exceptions import Unauthenticated
from unwrapped.core.resources import Resources
from unwrapped.core.security import AccessClaims, InvalidToken, TokenSigner


class WrongCredentials(Unauthenticated):
    """User name and password do not belong together."""

    code = "wrong_credentials"

    def __init__(self) -> None:
        super().__init__("User name or password is wrong.")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request."""

    id: int
    session_id: UUID
    time_zone: str


class SessionService:
    """Sessions of people."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find_caller(self, claims: AccessClaims) -> Caller:
        """Who a verified token speaks for; raises `InvalidToken` once it is revoked."""
        found = await self._session.execute(
            select(col(User.id), col(User.time_zone))
            .join(UserSession, col(UserSession.user_id) == col(User.id))
            .where(
                col(UserSession.id) == claims.session_id,
                col(User.id) == claims.user_id,
                col(UserSession.revoked_at).is_(None),
            )
        )
        row = found.one_or_none()
        if row is None or row.id is None:
            raise InvalidToken
        return Caller(row.id, claims.session_id, row.time_zone)


class SignInService:
    """Signing in: two short transactions, and the slow hashing between them."""

    def __init__(self, database: Database, signer: TokenSigner) -> None:
        self._database = database
        self._signer = signer

    async def create_token(self, username: str, password: SecretStr) -> str:
        """An access token of a new session. Raises `WrongCredentials`."""
        user_id, password_hash = await self._look_up(username)
        if not await verify_password(password, password_hash) or user_id is None:
            raise WrongCredentials
        session_id = uuid4()
        async with self._database.session() as session:
            await session.execute(
                insert(UserSession).values(
                    id=session_id,
                    user_id=user_id,
                    kind=SessionKind.API,
                    last_used_at=datetime.now(UTC),
                    expires_at=datetime.now(UTC) + self._signer.lifetime,
                )
            )
        return self._signer.create_access_token(user_id, session_id)

    async def _look_up(self, username: str) -> tuple[int | None, str | None]:
        key = username_key(username)
        if "\x00" in key or not key.isprintable():
            return None, None
        async with self._database.session() as session:
            found = await session.execute(
                select(col(User.id), col(User.password_hash)).where(
                    col(User.username_key) == key
                )
            )
            row = found.one_or_none()
        return (row.id, row.password_hash) if row else (None, None)


async def delete_expired_sessions(resources: Resources) -> int:
    """Delete the sessions whose last token has expired; says how many."""
    async with resources.database.session() as session:
        return await count_changed(
            session,
            delete(UserSession).where(col(UserSession.expires_at) < datetime.now(UTC)),
        )
