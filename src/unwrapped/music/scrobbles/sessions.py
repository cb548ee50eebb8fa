"""Sessions of the Audioscrobbler protocols, and how a person confirms one in a browser.

A request for a session is signed, and is stored only when a person confirms it: without
an account, nobody can fill a table.
"""

import hmac
import secrets
import time
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.core.database import count_changed
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.key_ring import KeyRing
from unwrapped.core.secrets.tokens import TokenKind, hash_token
from unwrapped.music.scrobbles.models import (
    ScrobblingGrant,
    ScrobblingSession,
    SessionKind,
)

HANDSHAKE_LASTS = timedelta(hours=24)
"""How long a session of Audioscrobbler 1.2 lasts."""
REQUEST_LASTS = timedelta(minutes=60)
"""How long a request can be confirmed, and then how long its grant can be redeemed."""

SESSION_KEY = TokenKind("uwk_", random_characters=27)

_MAC_CHARACTERS = 32


class RequestState(StrEnum):
    """The state of a request for a session."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    UNCONFIRMED = "unconfirmed"


class SessionService:
    """The sessions of scrobbling tokens, and requests for them."""

    def __init__(self, session: AsyncSession, ring: KeyRing, most: int) -> None:
        self._session = session
        self._ring = ring
        self._most = most

    async def open(self, token_id: UUID, kind: SessionKind) -> str:
        """Open a session of a token; return its key. The oldest ones above `most` end."""
        mine = col(ScrobblingSession.token_id) == token_id
        kept = (
            select(col(ScrobblingSession.key_hash))
            .where(mine)
            .order_by(col(ScrobblingSession.created_at).desc())
            .limit(self._most - 1)
        )
        await self._session.execute(
            delete(ScrobblingSession).where(
                mine, col(ScrobblingSession.key_hash).not_in(kept)
            )
        )
        key = SESSION_KEY.create()
        ends = kind is SessionKind.HANDSHAKE
        row = ScrobblingSession(
            key_hash=hash_token(key),
            token_id=token_id,
            kind=kind,
            expires_at=datetime.now(UTC) + HANDSHAKE_LASTS if ends else None,
        )
        self._session.add(row)
        await self._session.flush()
        return key

    def request(self) -> str:
        """Create a request for a session, which a person has to confirm within an hour."""
        until = int(time.time() + REQUEST_LASTS.total_seconds())
        body = f"{until:x}-{secrets.token_hex(12)}"
        return f"{body}-{self._mac(self._ring.signing_id, body)}"

    def state(self, request: str, now: float | None = None) -> RequestState:
        """The state of a request that has no grant, at a Unix time, by default now."""
        body, _, mac = request.rpartition("-")
        until, _, rest = body.partition("-")
        is_ours = any(
            hmac.compare_digest(self._mac(kid, body).encode(), mac.encode())
            for kid in self._ring.keys
        )
        if not (is_ours and rest):
            return RequestState.UNKNOWN
        if int(until, 16) <= (time.time() if now is None else now):
            return RequestState.EXPIRED
        return RequestState.UNCONFIRMED

    async def confirm(self, request: str, token_id: UUID) -> bool:
        """Store that the owner of a token grants a session to a request.

        Returns False, and stores nothing, if the request is unknown or has expired.
        """
        if self.state(request) is not RequestState.UNCONFIRMED:
            return False
        await self._session.execute(
            insert(ScrobblingGrant)
            .values(
                request_hash=hash_token(request),
                token_id=token_id,
                expires_at=datetime.now(UTC) + REQUEST_LASTS,
            )
            .on_conflict_do_nothing()
        )
        return True

    async def redeem(self, request: str) -> UUID | None:
        """Delete the grant of a request; return the id of the token that it grants.

        Returns None if there is no grant; `state` says why.
        """
        token_id: UUID | None = await self._session.scalar(
            delete(ScrobblingGrant)
            .where(
                col(ScrobblingGrant.request_hash) == hash_token(request),
                col(ScrobblingGrant.expires_at) > func.clock_timestamp(),
            )
            .returning(col(ScrobblingGrant.token_id))
        )
        return token_id

    def _mac(self, kid: str, body: str) -> str:
        key = self._ring.keys[kid]
        text = f"scrobbling request\0{body}".encode(errors="surrogatepass")
        return hmac.digest(key, text, "sha256").hex()[:_MAC_CHARACTERS]


async def delete_ended_sessions(resources: Resources) -> int:
    """Delete sessions and grants that have expired; return their number."""
    now = func.clock_timestamp()
    async with resources.database.session() as session:
        return sum(
            [
                await count_changed(session, delete(table).where(expires_at <= now))
                for table, expires_at in (
                    (ScrobblingSession, col(ScrobblingSession.expires_at)),
                    (ScrobblingGrant, col(ScrobblingGrant.expires_at)),
                )
            ]
        )
