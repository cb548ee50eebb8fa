"""People for tests, with their sessions and tokens."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.auth.models import (
    LinkedAccount,
    PersonalToken,
    Scope,
    SessionKind,
    User,
    UserSession,
)
from unwrapped.auth.names import username_key
from unwrapped.auth.sessions.caller_lookup import COOKIE_SECRET, PERSONAL_TOKEN
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token

PASSWORD = "tr0ub4dor and three"  # noqa: S105 - of nobody
HASHED = "$argon2id$v=19$m=8,t=1,p=1$zINCN7485mvDbXiRxGyGSg$lywnnhideBYDkqQCFHr9JmfOLDgBfkzpvVwaubEZgk0"
"""A hash of `PASSWORD` at a lower cost than the service's, to be verified quickly."""


async def make_user(session: AsyncSession, **over: Any) -> User:
    """A user without a password; `over` replaces columns."""
    username = over.setdefault("username", f"user-{secrets.token_hex(4)}")
    defaults = {"username_key": username_key(username), "display_name": username}
    user = User(**(defaults | over))
    session.add(user)
    await session.flush()
    return user


async def make_session(session: AsyncSession, user_id: int, **over: Any) -> UserSession:
    """A session of an API client; `over` replaces columns."""
    now = datetime.now(UTC)
    defaults: dict[str, Any] = {
        "kind": SessionKind.API,
        "last_used_at": now,
        "expires_at": now + timedelta(days=1),
    }
    signed_in = UserSession(user_id=user_id, **(defaults | over))
    session.add(signed_in)
    await session.flush()
    return signed_in


async def make_web_session(session: AsyncSession, user_id: int, **over: Any) -> str:
    """A session of the web page: the secret of its cookie."""
    secret = COOKIE_SECRET.create()
    columns = {"kind": SessionKind.WEB, "secret_hash": hash_token(secret)} | over
    await make_session(session, user_id, **columns)
    return secret


async def make_personal_token(
    session: AsyncSession, user_id: int, *scopes: Scope, **over: Any
) -> str:
    """A personal token; `over` replaces columns."""
    token = PERSONAL_TOKEN.create()
    defaults: dict[str, Any] = {
        "name": f"token-{secrets.token_hex(4)}",
        "scopes": list(scopes or Scope),
        "token_hash": hash_token(token),
        "ending": token[-4:],
    }
    session.add(PersonalToken(user_id=user_id, **(defaults | over)))
    await session.flush()
    return token


async def make_linked_account(
    session: AsyncSession, user_id: int, **over: Any
) -> LinkedAccount:
    """An account with Spotify; `over` replaces columns."""
    defaults: dict[str, Any] = {
        "provider": "spotify",
        "issuer": "https://accounts.spotify.com",
        "subject": secrets.token_hex(8),
    }
    account = LinkedAccount(user_id=user_id, **(defaults | over))
    session.add(account)
    await session.flush()
    return account


def bearer(token: str) -> dict[str, str]:
    """The header of a client with a token."""
    return {"Authorization": f"Bearer {token}"}


def cookie(secret: str) -> dict[str, str]:
    """The header of a browser with the cookie of a session."""
    return {"Cookie": f"{COOKIE}={secret}"}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user with a session."""

    id: int
    headers: dict[str, str]
    """The headers of their requests."""


async def sign_in(resources: Resources, **over: Any) -> SignedIn:
    """A new user, signed in."""
    async with resources.database.session() as session:
        user = await make_user(session, **over)
        signed = await make_session(session, user.id or 0)
        token = resources.signer.create_access_token(signed.user_id, signed.id)
    return SignedIn(signed.user_id, bearer(token))
