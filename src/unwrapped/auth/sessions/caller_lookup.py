"""Finds the caller by a token or a cookie, with one statement for each request.

A session or personal token is revoked by deleting its row, which takes effect at once.
Disabling or deleting an account takes effect at once for all of them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.caller import Caller, CurrentSession
from unwrapped.auth.models import (
    PersonalToken,
    Role,
    Scope,
    SessionKind,
    User,
    UserSession,
)
from unwrapped.core.postgres.disk_space import is_disk_full
from unwrapped.core.secrets.tokens import TokenKind, hash_token
from unwrapped.core.security import AccessClaims, InvalidToken

IDLE = timedelta(days=30)
LIFETIME = timedelta(days=90)
SESSION_USE_NOTED = timedelta(hours=1)
TOKEN_USE_NOTED = timedelta(minutes=1)

COOKIE_SECRET = TokenKind("unwrapped_ws_")
PERSONAL_TOKEN = TokenKind("unwrapped_pat_")


_NOW = func.clock_timestamp()
ALIVE: ColumnElement[bool] = (col(UserSession.expires_at) > _NOW) & (
    col(UserSession.last_used_at) > _NOW - IDLE
)
"""Whether a session is still valid: neither idle for too long nor at its end."""

_SESSIONS: Select[*tuple[Any, ...]] = (
    select(
        col(UserSession.id),
        col(UserSession.kind),
        col(UserSession.last_used_at),
        col(User.id).label("user_id"),
        col(User.time_zone),
        col(User.role),
    )
    .join(User, col(User.id) == col(UserSession.user_id))
    .where(col(User.disabled_at).is_(None), ALIVE)
)
# These statements are built once: building one takes longer than running it.
_BY_CLAIMS = _SESSIONS.where(
    col(UserSession.id) == bindparam("session_id"),
    col(User.id) == bindparam("user_id"),
)
_BY_COOKIE = _SESSIONS.where(col(UserSession.secret_hash) == bindparam("secret_hash"))
_BY_PERSONAL_TOKEN: Select[*tuple[Any, ...]] = (
    select(
        col(PersonalToken.id),
        col(PersonalToken.scopes),
        col(PersonalToken.last_used_at),
        col(User.id).label("user_id"),
        col(User.time_zone),
    )
    .join(User, col(User.id) == col(PersonalToken.user_id))
    .where(
        col(PersonalToken.token_hash) == bindparam("token_hash"),
        or_(
            col(PersonalToken.expires_at).is_(None),
            col(PersonalToken.expires_at) > _NOW,
        ),
        col(User.disabled_at).is_(None),
    )
)


class CallerLookup:
    """Finds callers, in a given transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def by_claims(self, claims: AccessClaims) -> Caller:
        """Return the caller of a verified access token. Raises `InvalidToken`."""
        return await self._by_session(
            _BY_CLAIMS, session_id=claims.session_id, user_id=claims.user_id
        )

    async def by_cookie(self, secret: str) -> Caller:
        """Return the caller of a web session. Raises `InvalidToken`."""
        if not COOKIE_SECRET.is_sound(secret):
            raise InvalidToken
        return await self._by_session(_BY_COOKIE, secret_hash=hash_token(secret))

    async def by_personal_token(self, token: str) -> Caller:
        """Return the caller of a personal token. Raises `InvalidToken`."""
        if not PERSONAL_TOKEN.is_sound(token):
            raise InvalidToken
        row = await self._find(_BY_PERSONAL_TOKEN, token_hash=hash_token(token))
        now = datetime.now(UTC)
        if row.last_used_at is None or row.last_used_at < now - TOKEN_USE_NOTED:
            await self._note_use(PersonalToken, row.id, now)
        scopes = frozenset(Scope(scope) for scope in row.scopes)
        return Caller(row.user_id, row.time_zone, None, scopes)

    async def _by_session(
        self, query: Select[*tuple[Any, ...]], **values: object
    ) -> Caller:
        row = await self._find(query, **values)
        now = datetime.now(UTC)
        if row.last_used_at < now - SESSION_USE_NOTED:
            await self._note_use(UserSession, row.id, now)
        current = CurrentSession(row.id, SessionKind(row.kind))
        is_administrator = row.role == Role.ADMINISTRATOR
        return Caller(
            row.user_id, row.time_zone, current, is_administrator=is_administrator
        )

    async def _find(
        self, query: Select[*tuple[Any, ...]], **values: object
    ) -> Row[*tuple[Any, ...]]:
        row = (await self._session.execute(query, values)).one_or_none()
        if row is None:
            raise InvalidToken
        return row

    async def _note_use(
        self, table: type[UserSession | PersonalToken], row_id: object, now: datetime
    ) -> None:
        try:
            async with self._session.begin_nested():
                await self._session.execute(
                    update(table)
                    .where(col(table.id) == row_id)
                    .values(last_used_at=now)
                )
        except DBAPIError as error:
            # While the disk is full, callers can still read and delete.
            if not is_disk_full(error):
                raise
