"""Turns at the database: requests of one person never take all connections of a process.

A request that has to wait for its turn waits without a connection. Whose turn it is is
known by the credential, once it has identified somebody; until then, and for requests
without one, the turns are those of the address that the request comes from.
"""

import hashlib
from asyncio import Semaphore
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from unwrapped.core.exceptions import TooManyRequests

MOST_WAITING = 100
MOST_CREDENTIALS = 10_000


class TooManyAtOnce(TooManyRequests):
    """More requests of one person wait for each other than may."""

    code = "too_many_at_once"

    def __init__(self) -> None:
        super().__init__(
            "More of your requests are under way at once than this server takes. Send"
            " the next one when some have been answered.",
            retry_after=1,
        )


@dataclass(slots=True)
class _Queue:
    free: Semaphore
    requests: int = 0
    """Those that have a turn, and those that wait."""


class Turns:
    """The turns of all people of one process."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._queues: dict[str, _Queue] = {}
        self._people: OrderedDict[bytes, int] = OrderedDict()

    @asynccontextmanager
    async def of(self, whose: str) -> AsyncIterator[None]:
        """Wait for a turn, and have it while the context lasts. Raises `TooManyAtOnce`."""
        queue = self._queues.setdefault(whose, _Queue(Semaphore(self._at_once)))
        if queue.requests >= self._at_once + MOST_WAITING:
            raise TooManyAtOnce
        queue.requests += 1
        try:
            async with queue.free:
                yield
        finally:
            queue.requests -= 1
            if not queue.requests:
                del self._queues[whose]

    def whose(self, credential: str | None, address: str) -> str:
        """Whose turn a request takes."""
        known = self._people.get(_digest(credential)) if credential else None
        return f"address {address}" if known is None else person(known)

    def learn(self, credential: str, user_id: int) -> None:
        """Note whom a credential has identified; the longest known one is forgotten."""
        key = _digest(credential)
        self._people[key] = user_id
        self._people.move_to_end(key)
        if len(self._people) > MOST_CREDENTIALS:
            self._people.popitem(last=False)


def person(user_id: int) -> str:
    """Whose turn it is where somebody is known."""
    return f"person {user_id}"


def _digest(credential: str) -> bytes:
    return hashlib.blake2b(credential.encode(errors="replace"), digest_size=16).digest()
