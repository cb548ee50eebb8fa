"""Turns at the database: requests of one person never take all connections of a process.

A request waits for its turn without a connection. Turns are counted by person once the
credential has identified somebody, and by the address of the client before that and for
requests without a credential.
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
    """Too many requests of one person are waiting."""

    code = "too_many_at_once"

    def __init__(self) -> None:
        super().__init__(
            "More of your requests are under way at once than this server accepts. Send"
            " the next one when some have been answered.",
            retry_after=1,
        )


@dataclass(slots=True)
class _Queue:
    free: Semaphore
    requests: int = 0
    """The running and the waiting requests of one person or address."""


class Turns:
    """The turns of all people of one process."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._queues: dict[str, _Queue] = {}
        self._people: OrderedDict[bytes, int] = OrderedDict()

    @asynccontextmanager
    async def of(self, whose: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it while the context lasts. Raises `TooManyAtOnce`."""
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
        """The key that the turns of a request are counted under."""
        known = self._people.get(_digest(credential)) if credential else None
        return f"address {address}" if known is None else person(known)

    def learn(self, credential: str, user_id: int) -> None:
        """Remember whom a credential identifies; the oldest of too many is dropped."""
        key = _digest(credential)
        self._people[key] = user_id
        self._people.move_to_end(key)
        if len(self._people) > MOST_CREDENTIALS:
            self._people.popitem(last=False)


def person(user_id: int) -> str:
    """The key for an identified person."""
    return f"person {user_id}"


def _digest(credential: str) -> bytes:
    return hashlib.blake2b(credential.encode(errors="replace"), digest_size=16).digest()
