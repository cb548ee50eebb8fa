"""Opens sessions; beyond a person's limit, the one unused for the longest ends."""

from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import SessionKind, User, UserSession
from unwrapped.auth.sessions.caller_lookup import LIFETIME
from unwrapped.auth.settings import SESSIONS_PER_USER
from unwrapped.core.postgres.advisory_locks import take_lock


async def open_session(
    session: AsyncSession,
    user_id: int,
    kind: SessionKind,
    secret_hash: str | None = None,
    most: int = SESSIONS_PER_USER,
) -> UserSession:
    """Create and return a session of a person who is authenticated."""
    await take_lock(session, "sessions", user_id)
    await _end_surplus(session, user_id, most - 1)
    now = datetime.now(UTC)
    opened = UserSession(
        user_id=user_id,
        kind=kind,
        secret_hash=secret_hash,
        last_used_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(opened)
    await session.flush()
    # `updated_at` keeps its value: a sign-in does not change the account.
    await session.execute(
        update(User)
        .where(col(User.id) == user_id)
        .values(signed_in_at=now, updated_at=col(User.updated_at))
    )
    return opened


async def _end_surplus(session: AsyncSession, user_id: int, kept: int) -> None:
    surplus = (
        select(col(UserSession.id))
        .where(col(UserSession.user_id) == user_id)
        .order_by(
            col(UserSession.last_used_at).desc(), col(UserSession.created_at).desc()
        )
        .offset(kept)
    )
    # Do not wait for sessions that another transaction is deleting.
    free = (
        select(col(UserSession.id))
        .where(col(UserSession.id).in_(surplus))
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(UserSession).where(col(UserSession.id).in_(free)))
