"""Passes: what a sign-in returns while the database has no space for a session.

A pass is an access token without a session row: its session id is derived from the account
and the hash of its password. It is valid as long as any access token, only while there is
no space, and for the same requests as a personal token: reading, and deleting to free
space. A new password ends it.
"""

import hmac
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.caller import Caller
from unwrapped.auth.models import Scope, User
from unwrapped.core.security import AccessClaims, InvalidToken, TokenSigner


def create_pass(signer: TokenSigner, user_id: int, password_hash: str) -> str:
    """Return a pass for a person who is authenticated."""
    return signer.create_access_token(user_id, _id(signer, user_id, password_hash))


async def find_caller(
    session: AsyncSession, signer: TokenSigner, claims: AccessClaims
) -> Caller:
    """Return the caller of a pass. Raises `InvalidToken` for any other token."""
    found = await session.execute(
        select(col(User.password_hash), col(User.time_zone)).where(
            col(User.id) == claims.user_id, col(User.disabled_at).is_(None)
        )
    )
    row = found.one_or_none()
    if row is None or row.password_hash is None:
        raise InvalidToken
    expected = _id(signer, claims.user_id, row.password_hash)
    if not hmac.compare_digest(expected.bytes, claims.session_id.bytes):
        raise InvalidToken
    return Caller(claims.user_id, row.time_zone, None, frozenset(Scope))


def _id(signer: TokenSigner, user_id: int, password_hash: str) -> UUID:
    key = signer.ring.keys[signer.ring.signing_id]
    said = f"pass\0{user_id}\0{password_hash}".encode()
    return UUID(bytes=hmac.digest(key, said, "sha256")[:16])
