"""Opening sessions: so many a person, the longest unused ending first.

A sign-in needs no room on the database's disk where the person has a session already: on
a full disk the longest unused one becomes the new one, in its place. Pages of the tables
are filled by half (`fillfactor`), so that a row can always be changed where it is.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import RefreshToken, SessionKind, UserSession
from unwrapped.auth.sessions.lookup import LIFETIME
from unwrapped.auth.sessions.refreshing import REFRESH_TOKEN, add_refresh_token
from unwrapped.auth.settings import SESSIONS_PER_USER
from unwrapped.core.database import count_changed, take_lock
from unwrapped.core.room import is_disk_full
from unwrapped.core.secret_tokens import hash_token

_LONGEST_UNUSED = (col(UserSession.last_used_at), col(UserSession.created_at))


class _NoRoom(Exception):
    """Rows cannot be added for want of room."""


async def open_session(
    session: AsyncSession,
    user_id: int,
    kind: SessionKind,
    secret_hash: str | None = None,
    most: int = SESSIONS_PER_USER,
) -> UserSession:
    """A new session of somebody who has proven who they are."""
    await _make_place(session, user_id, most)
    opened = _new(user_id, kind, secret_hash)
    try:
        async with _adding(session):
            session.add(opened)
    except _NoRoom as error:
        return await _take_over(session, opened, error)
    return opened


async def open_api_session(
    session: AsyncSession, user_id: int, most: int
) -> tuple[UserSession, str]:
    """A new session of an API client, with its first refresh token."""
    await _make_place(session, user_id, most)
    opened = _new(user_id, SessionKind.API, None)
    try:
        async with _adding(session):
            session.add(opened)
            await session.flush()
            refresh = add_refresh_token(session, opened)
    except _NoRoom as error:
        taken = await _take_over(session, opened, error)
        return taken, await _take_over_token(session, taken, error)
    return opened, refresh


async def _make_place(session: AsyncSession, user_id: int, most: int) -> None:
    await take_lock(session, f"unwrapped.sessions.{user_id}")
    surplus = (
        select(col(UserSession.id))
        .where(col(UserSession.user_id) == user_id)
        .order_by(*(column.desc() for column in _LONGEST_UNUSED))
        .offset(most - 1)
    )
    # What somebody else is about to end is not waited for.
    free = (
        select(col(UserSession.id))
        .where(col(UserSession.id).in_(surplus))
        .with_for_update(skip_locked=True)
    )
    await session.execute(delete(UserSession).where(col(UserSession.id).in_(free)))


def _new(user_id: int, kind: SessionKind, secret_hash: str | None) -> UserSession:
    now = datetime.now(UTC)
    return UserSession(
        user_id=user_id,
        kind=kind,
        secret_hash=secret_hash,
        last_used_at=now,
        expires_at=now + LIFETIME,
    )


@asynccontextmanager
async def _adding(session: AsyncSession) -> AsyncIterator[None]:
    """Add rows. Raises `_NoRoom`, with nothing added, where there is none."""
    try:
        async with session.begin_nested():
            yield
    except DBAPIError as error:
        if not is_disk_full(error):
            raise
        raise _NoRoom from error


async def _take_over(
    session: AsyncSession, opened: UserSession, error: _NoRoom
) -> UserSession:
    """Let the longest unused session of that kind become the new one."""
    old = await session.scalar(
        select(UserSession)
        .where(
            col(UserSession.user_id) == opened.user_id,
            col(UserSession.kind) == opened.kind,
        )
        .order_by(*_LONGEST_UNUSED)
        .limit(1)
        .with_for_update()
    )
    if old is None:
        raise error.__cause__ or error
    old.created_at = old.last_used_at = opened.last_used_at
    old.secret_hash, old.expires_at = opened.secret_hash, opened.expires_at
    await session.flush()
    return old


async def _take_over_token(
    session: AsyncSession, taken: UserSession, error: _NoRoom
) -> str:
    token = REFRESH_TOKEN.create()
    mine = col(RefreshToken.session_id) == taken.id
    latest = (
        select(col(RefreshToken.token_hash))
        .where(mine)
        .order_by(col(RefreshToken.created_at).desc())
        .limit(1)
        .scalar_subquery()
    )
    changed = await count_changed(
        session,
        update(RefreshToken)
        .where(col(RefreshToken.token_hash) == latest)
        .values(
            token_hash=hash_token(token),
            created_at=func.now(),
            used_at=None,
            replaced_by=None,
            retried_at=None,
        )
        .execution_options(synchronize_session=False),
    )
    if not changed:
        raise error.__cause__ or error
    await session.execute(
        delete(RefreshToken)
        .where(mine, col(RefreshToken.token_hash) != hash_token(token))
        .execution_options(synchronize_session=False)
    )
    return token
