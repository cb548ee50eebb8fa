"""Passes: what a sign-in gives while the database has no room for a session.

A pass is an access token whose session is no row, but made from the account and the hash
of its password. It is good for as long as any access token, and only while there is no room,
for what a personal token may be used for: reading, and deleting what takes the room. A new
password ends it.
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
    """A pass of somebody who has proven who they are."""
    return signer.create_access_token(user_id, _id(signer, user_id, password_hash))


async def find_caller(
    session: AsyncSession, signer: TokenSigner, claims: AccessClaims
) -> Caller:
    """Who a pass speaks for. Raises `InvalidToken`, also for every other token."""
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
