"""Finding the holders of scrobbling tokens, and storing the outcome of their requests.

The endpoints for players accept only these tokens: no cookies, and no other tokens.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import User
from unwrapped.auth.names import username_key
from unwrapped.core.database import MAY_BE_LOST, is_lost_connection
from unwrapped.core.exceptions import Unauthenticated
from unwrapped.core.printable import printable
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.encryption import Cipher, Undecryptable
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.music.scrobbles.models import ScrobblingSession, ScrobblingToken
from unwrapped.music.scrobbles.tokens import SCROBBLING_TOKEN, context_of

USE_NOTED = timedelta(minutes=1)
"""The least time between two notes of the same outcome."""

LONGEST_NOTE = 300
"""The most characters of a noted request or reason."""


class WrongToken(Unauthenticated):
    """The token never existed, was revoked, or its account is disabled."""

    code = "wrong_scrobbling_token"

    def __init__(self) -> None:
        super().__init__("Invalid authorization token.")


@dataclass(frozen=True, slots=True)
class Noted:
    """What is stored about the last request with a token."""

    used_at: datetime | None
    request: str | None
    answer: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The holder of a scrobbling token."""

    token_id: UUID
    token_name: str
    user_id: int
    username: str
    time_zone: str
    joined_at: datetime
    noted: Noted

    def is_named(self, name: str) -> bool:
        """Whether this is the name of the holder, regardless of case."""
        return username_key(name) == username_key(self.username)


_HOLDERS: Select[*tuple[Any, ...]] = (
    select(
        col(ScrobblingToken.id),
        col(ScrobblingToken.name),
        col(ScrobblingToken.sealed_md5),
        col(ScrobblingToken.last_used_at),
        col(ScrobblingToken.last_request),
        col(ScrobblingToken.last_answer),
        col(ScrobblingToken.last_reason),
        col(User.id).label("user_id"),
        col(User.username),
        col(User.time_zone),
        col(User.created_at).label("joined_at"),
    )
    .join(User, col(User.id) == col(ScrobblingToken.user_id))
    .where(col(User.disabled_at).is_(None))
)
# These statements are built once: building one takes longer than running it.
_BY_TOKEN = _HOLDERS.where(col(ScrobblingToken.token_hash) == bindparam("token_hash"))
_BY_NAME = _HOLDERS.where(col(User.username_key) == bindparam("username_key")).order_by(
    col(ScrobblingToken.created_at)
)
_BY_SESSION = _HOLDERS.join(
    ScrobblingSession, col(ScrobblingSession.token_id) == col(ScrobblingToken.id)
).where(
    col(ScrobblingSession.key_hash) == bindparam("key_hash"),
    col(ScrobblingSession.kind) == bindparam("kind"),
    or_(
        col(ScrobblingSession.expires_at).is_(None),
        col(ScrobblingSession.expires_at) > func.clock_timestamp(),
    ),
)


class HolderLookup:
    """Finds the holders of tokens, in a given transaction."""

    def __init__(self, session: AsyncSession, cipher: Cipher) -> None:
        self._session = session
        self._cipher = cipher

    async def by_token(self, token: str) -> Holder:
        """The holder of a token. Raises `WrongToken`."""
        if not SCROBBLING_TOKEN.is_sound(token):
            raise WrongToken
        return await self._one(_BY_TOKEN, token_hash=hash_token(token))

    async def by_proof(self, username: str, proves: Callable[[str], bool]) -> Holder:
        """The holder of a token of `username` whose MD5 satisfies `proves`.

        `proves` is called with the MD5 of each of the user's tokens, in hexadecimal, until
        one satisfies it; it must compare with `hmac.compare_digest`. Raises `WrongToken`.
        """
        named = {"username_key": username_key(username)}
        for row in await self._session.execute(_BY_NAME, named):
            try:
                known = self._cipher.decrypt(row.sealed_md5, context_of(row.id))
            except Undecryptable:
                continue
            if proves(known):
                return _holder(row)
        raise WrongToken

    async def by_session(self, key: str, kind: str) -> Holder:
        """The holder of a session. Raises `WrongToken`."""
        return await self._one(_BY_SESSION, key_hash=hash_token(key), kind=kind)

    async def _one(self, query: Select[*tuple[Any, ...]], **values: object) -> Holder:
        row = (await self._session.execute(query, values)).one_or_none()
        if row is None:
            raise WrongToken
        return _holder(row)


def _holder(row: Row[*tuple[Any, ...]]) -> Holder:
    return Holder(
        token_id=row.id,
        token_name=row.name,
        user_id=row.user_id,
        username=row.username,
        time_zone=row.time_zone,
        joined_at=row.joined_at,
        noted=Noted(
            row.last_used_at, row.last_request, row.last_answer, row.last_reason
        ),
    )


async def note_request(
    resources: Resources,
    holder: Holder,
    request: str,
    answer: str,
    reason: str | None = None,
) -> None:
    """Store the outcome of a request, which the page of the token's owner shows.

    `request` is the method and the path without a query; `reason` is why the request was
    refused. The same outcome is stored at most once a minute. If the connection to the
    database is lost, nothing is stored.
    """
    reason = None if reason is None else printable(reason, LONGEST_NOTE)
    now = datetime.now(UTC)
    noted = holder.noted
    is_same = (noted.request, noted.answer, noted.reason) == (request, answer, reason)
    if is_same and noted.used_at is not None and noted.used_at > now - USE_NOTED:
        return
    values: dict[str, object] = {
        "last_used_at": now,
        "last_request": request[:LONGEST_NOTE],
        "last_answer": answer,
        "last_reason": reason,
    }
    if reason is not None:
        values |= {"refused_at": now, "last_refusal": reason}
    statement = (
        update(ScrobblingToken)
        .where(col(ScrobblingToken.id) == holder.token_id)
        .values(values)
    )
    try:
        async with resources.database.autocommit() as session:
            await session.execute(statement)
    except MAY_BE_LOST as error:
        if not is_lost_connection(error):
            raise
