"""What every protocol does with a request: find the holder, store, and wake a worker.

The holder is found in a short transaction, before the body is read. These functions return
after their commit: a client is answered only when its listens are stored.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import structlog
from fastapi import Request
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.database import MAY_BE_LOST, is_lost_connection
from unwrapped.core.dependencies import credential_of, open_session
from unwrapped.core.exceptions import Unavailable
from unwrapped.core.http.database_turns import TooManyAtOnce, person
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.rate_limits import Rate
from unwrapped.core.process_resources import Resources
from unwrapped.music.scrobbles.holders import Holder, HolderLookup
from unwrapped.music.scrobbles.inbox import CHANNEL
from unwrapped.music.scrobbles.playing_now import Playing
from unwrapped.music.scrobbles.service import Submitted, scrobble_service
from unwrapped.music.scrobbles.settings import ScrobbleSettings
from unwrapped.music.sources.scrobble import Scrobble

_RING = text("SELECT pg_notify(:channel, '')")

log = structlog.get_logger()


class Busy(Unavailable):
    """Too many requests of one person are waiting."""

    code = "busy"

    def __init__(self) -> None:
        super().__init__(
            "The server is busy. Keep your scrobbles, and send them again later.",
            retry_after=5,
        )


async def count_read(resources: Resources, holder: Holder) -> None:
    """Count a request against the limit on reads; submissions are not counted.

    Raises `RateLimited`.
    """
    most = resources.settings_of(ScrobbleSettings).scrobble_reads_per_minute
    rate = Rate("scrobble_reads", most, timedelta(minutes=1))
    await resources.limiter.hit(rate, str(holder.token_id))


async def identify(
    request: Request, find: Callable[[HolderLookup], Awaitable[Holder]]
) -> Holder:
    """The holder of the request's token, as `find` looks it up.

    Raises what `find` raises, such as `WrongToken`. Example:
    `identify(request, lambda lookup: lookup.by_token(token))`
    """
    resources = state_of(request).resources
    with _busy():
        async with open_session(request) as session:
            holder = await find(HolderLookup(session, resources.cipher))
    request.state.user_id = holder.user_id  # for the log line
    if credential := credential_of(request):
        resources.turns.learn(credential, holder.user_id)
    return holder


@asynccontextmanager
async def session_of(request: Request, holder: Holder) -> AsyncIterator[AsyncSession]:
    """Open a session when it is the holder's turn; commit it at the end. Raises `Busy`."""
    resources = state_of(request).resources
    with _busy():
        async with (
            resources.turns.of(person(holder.user_id)),
            resources.database.session() as session,
        ):
            yield session


@asynccontextmanager
async def body_turn(request: Request, holder: Holder) -> AsyncIterator[None]:
    """Wait for the holder's turn to read a body; keep it while the body is in memory.

    Bodies are large, and one person can send many at once. A body whose request waits is
    not read. Raises `Busy`.
    """
    turns = state_of(request).resources.turns
    with _busy():
        async with turns.of(f"body of {person(holder.user_id)}"):
            yield


async def submit(
    request: Request, holder: Holder, scrobbles: Sequence[Scrobble]
) -> Submitted:
    """Store and commit listens, and notify workers to merge them. Raises `InboxFull`."""
    resources = state_of(request).resources
    async with session_of(request, holder) as session:
        submitted = await scrobble_service(session, resources).submit(holder, scrobbles)
    resources.kept(Bell, Bell).ring()
    return submitted


async def play(request: Request, holder: Holder, playing: Playing) -> None:
    """Store and commit the track that is playing."""
    async with session_of(request, holder) as session:
        service = scrobble_service(session, state_of(request).resources)
        await service.play(holder, playing)


@contextmanager
def _busy() -> Iterator[None]:
    """Raise `Busy` (503) instead of `TooManyAtOnce` (429): on 429, many clients drop their
    scrobbles.
    """
    try:
        yield
    except TooManyAtOnce as error:
        raise Busy from error


class Bell:
    """Wakes workers, with one notification at a time, however many submissions arrive.

    If a notification is lost, the merge is a few seconds late: workers also check
    periodically.
    """

    def __init__(self, resources: Resources) -> None:
        self._database = resources.database
        self._ringing: asyncio.Task[None] | None = None
        self._again = False

    def ring(self) -> None:
        """Notify workers that the inbox has entries."""
        self._again = True
        if self._ringing is None or self._ringing.done():
            self._ringing = asyncio.create_task(self._notify())

    async def aclose(self) -> None:
        """Wait for a notification that is under way."""
        if self._ringing is not None:
            await self._ringing

    async def _notify(self) -> None:
        try:
            while self._again:
                self._again = False
                async with self._database.autocommit() as session:
                    await session.execute(_RING, {"channel": CHANNEL})
        except (
            MAY_BE_LOST
        ) as error:  # not an error of the request: its listens are stored
            if not is_lost_connection(error):
                raise
            log.warning("scrobbles.not_rung", error=type(error).__name__)
