"""Lists and ends the sessions of a person, and deletes those that have expired."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, not_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.caller import CurrentSession
from unwrapped.auth.models import UserSession
from unwrapped.auth.sessions.caller_lookup import ALIVE
from unwrapped.auth.sessions.schemas import SessionRead
from unwrapped.core.database import count_changed
from unwrapped.core.exceptions import NotFound
from unwrapped.core.process_resources import Resources
from unwrapped.shared.pagination import Listing, Page

_LISTING = Listing("sessions", (datetime, UUID))


class SessionNotFound(NotFound):
    """There is no such session: it never existed, or has ended or expired."""

    code = "session_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such session.")


class SessionService:
    """Sessions of one person."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def list_sessions(
        self, user_id: int, current: CurrentSession, limit: int, cursor: str | None
    ) -> Page[SessionRead]:
        """Return the sessions that are alive, the latest first. Raises `BadCursor`."""
        place = (col(UserSession.created_at), col(UserSession.id))
        query = select(UserSession).where(col(UserSession.user_id) == user_id, ALIVE)
        found = await self._session.scalars(
            _LISTING.newest_first(query, place, limit, cursor)
        )
        page = _LISTING.page(found.all(), limit, lambda row: (row.created_at, row.id))
        return page.of(lambda row: _read(row, current))

    async def end(self, user_id: int, session_id: UUID) -> None:
        """End a session at once. Raises `SessionNotFound`."""
        ended = await count_changed(
            self._session,
            delete(UserSession).where(
                col(UserSession.id) == session_id, col(UserSession.user_id) == user_id
            ),
        )
        if not ended:
            raise SessionNotFound

    async def end_others(self, user_id: int, current: CurrentSession) -> None:
        """End all sessions of the user but this one."""
        await self._session.execute(
            delete(UserSession).where(
                col(UserSession.user_id) == user_id, col(UserSession.id) != current.id
            )
        )


def _read(row: UserSession, current: CurrentSession) -> SessionRead:
    return SessionRead(
        id=row.id,
        kind=row.kind,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        is_current=row.id == current.id,
    )


async def delete_dead_sessions(resources: Resources) -> int:
    """Delete the sessions that have expired; return their number."""
    async with resources.database.session() as session:
        return await count_changed(session, delete(UserSession).where(not_(ALIVE)))
