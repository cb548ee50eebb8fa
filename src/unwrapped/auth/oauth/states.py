"""Stores each sign-in that is under way, by the hash of its `state`."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, func, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import OAuthState
from unwrapped.auth.oauth.browser_binding import BROWSER_SECRET, STATE, Secrets
from unwrapped.auth.oauth.errors import SignInRefused
from unwrapped.core.database import count_changed
from unwrapped.core.process_resources import Resources

LIFETIME = timedelta(minutes=10)


class StateNotFound(SignInRefused):
    """This browser has begun no such sign-in, has ended it already, or took too long."""

    code = "state_not_found"

    def __init__(self) -> None:
        super().__init__(
            "This sign-in did not begin in this browser, or it is over, or it took longer"
            " than ten minutes. Start it again."
        )


class OAuthStates:
    """Rows of sign-ins that are under way, in a given transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        secrets: Secrets,
        provider: str,
        next_path: str,
        *,
        session_id: UUID | None = None,
        asks_access: bool = False,
    ) -> None:
        """Store a sign-in that begins."""
        await self._session.execute(
            insert(OAuthState).values(
                state_hash=secrets.state_hash,
                browser_hash=secrets.browser_hash,
                provider=provider,
                session_id=session_id,
                asks_access=asks_access,
                next_path=next_path,
                expires_at=func.clock_timestamp() + LIFETIME,
            )
        )

    async def take(self, state: str | None, browser: str | None) -> OAuthState:
        """Delete and return the sign-in that this browser began.

        Raises `StateNotFound` if there is none. A sign-in of another browser is kept.
        """
        if (
            state is None
            or browser is None
            or not STATE.is_sound(state)
            or not BROWSER_SECRET.is_sound(browser)
        ):
            raise StateNotFound
        secrets = Secrets(state, browser)
        found = await self._session.scalars(
            delete(OAuthState)
            .where(
                col(OAuthState.state_hash) == secrets.state_hash,
                col(OAuthState.browser_hash) == secrets.browser_hash,
                col(OAuthState.expires_at) > func.clock_timestamp(),
            )
            .returning(OAuthState)
        )
        taken = found.one_or_none()
        if taken is None:
            raise StateNotFound
        return taken


async def delete_expired_states(resources: Resources) -> int:
    """Delete the sign-ins that were not finished in time; return their number."""
    async with resources.database.session() as session:
        expired = col(OAuthState.expires_at) <= func.clock_timestamp()
        return await count_changed(session, delete(OAuthState).where(expired))
