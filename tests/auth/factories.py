"""People for tests."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.auth.models import SessionKind, User, UserSession
from unwrapped.auth.service import username_key
from unwrapped.core.resources import Resources


async def make_user(session: AsyncSession, **over: Any) -> User:
    """A user without a password; `over` replaces columns."""
    username = over.setdefault("username", f"user-{secrets.token_hex(4)}")
    defaults = {"username_key": username_key(username), "display_name": username}
    user = User(**(defaults | over))
    session.add(user)
    await session.flush()
    return user


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a session."""

    id: int
    headers: dict[str, str]
    """What their requests carry."""


async def sign_in(resources: Resources, **over: Any) -> SignedIn:
    """A new user, signed in."""
    async with resources.database.session() as session:
        user = await make_user(session, **over)
        signed = UserSession(
            user_id=user.id or 0,
            kind=SessionKind.API,
            last_used_at=datetime.now(UTC),
            expires_at=datetime.now(UTC) + timedelta(days=1),
        )
        session.add(signed)
        await session.flush()
        token = resources.signer.create_access_token(signed.user_id, signed.id)
    return SignedIn(signed.user_id, {"Authorization": f"Bearer {token}"})
