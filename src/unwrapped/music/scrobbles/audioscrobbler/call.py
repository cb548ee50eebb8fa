"""A client's request, as it is passed to the function that answers it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.http.state import state_of
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.audioscrobbler.parameters import Parameters
from unwrapped.music.scrobbles.feedback import FeedbackService
from unwrapped.music.scrobbles.holders import Holder, HolderLookup
from unwrapped.music.scrobbles.models import SessionKind
from unwrapped.music.scrobbles.request_handling import identify, session_of
from unwrapped.music.scrobbles.sessions import SessionService
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.scrobbles.tokens import SCROBBLING_TOKEN


@dataclass(slots=True)
class Call:
    """A request with its parameters, and what is known about it so far."""

    request: Request
    parameters: Parameters

    known: Holder | None = None
    """The caller, once identified."""

    reason: str | None = None
    """Why the request, or a part of it, is not accepted, in words for the holder."""

    @property
    def resources(self) -> Resources:
        """The resources of the process, such as its database."""
        return state_of(self.request).resources

    async def identify(
        self, find: Callable[[HolderLookup], Awaitable[Holder]]
    ) -> Holder:
        """Return the caller, as `find` looks them up, and remember them in `known`.

        Raises `WrongToken`.
        """
        self.known = await identify(self.request, find)
        return self.known

    async def identify_by_key(self, key: str) -> Holder:
        """Identify the caller by a session key of Audioscrobbler 2.0. Raises `WrongToken`.

        A token is accepted as well: some clients have a field for a session key and none
        for a password.
        """
        if SCROBBLING_TOKEN.owns(key):
            return await self.identify(lambda lookup: lookup.by_token(key))
        return await self.identify(
            lambda lookup: lookup.by_session(key, SessionKind.SIGN_IN)
        )

    async def open_session(self, holder: Holder, kind: SessionKind) -> str:
        """Open a session of the holder's token; return its key."""
        async with session_of(self.request, holder) as session:
            sessions = sessions_of(session, self.resources)
            return await sessions.open(holder.token_id, kind)


def feedback_of(session: AsyncSession, resources: Resources) -> FeedbackService:
    """Return the service of loved and hated tracks for a transaction."""
    return FeedbackService(session, resources.settings_of(ScrobbleSettings))


def sessions_of(session: AsyncSession, resources: Resources) -> SessionService:
    """Return the service of sessions for a transaction."""
    most = resources.settings_of(ScrobbleSettings).scrobbling_sessions_per_token
    return SessionService(session, resources.signer.ring, most)
