"""Whether the database has room to store something, as far as this process knows.

It is found out by an error, which is logged once, and looked for again until there is room,
which is logged as well.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

SHORTEST_PAUSE, LONGEST_PAUSE = 5.0, 60.0

log = structlog.get_logger()


def is_disk_full(error: BaseException | None) -> bool:
    """Whether the database could not store something for want of room on its disk."""
    if isinstance(error, DBAPIError):
        error = error.orig
    return isinstance(error, asyncpg.DiskFullError) or isinstance(
        getattr(error, "__cause__", None), asyncpg.DiskFullError
    )


class Room:
    """The room of one database. `look` raises what the database says without room."""

    def __init__(self, look: Callable[[], Awaitable[None]]) -> None:
        self._look = look
        self._watching: asyncio.Task[None] | None = None
        self.is_lacking = False

    def note(self, error: BaseException | None) -> None:
        """Take notice of an error: it may say that there is no room."""
        if self.is_lacking or not is_disk_full(error):
            return
        self.is_lacking = True
        log.error("database.full", error=str(error).partition("\n")[0])
        self._watching = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        begun, pause = time.monotonic(), SHORTEST_PAUSE
        while self.is_lacking:
            await asyncio.sleep(pause)
            await self.look_again(begun)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def look_again(self, begun: float | None = None) -> None:
        """Find out whether there is room again."""
        try:
            await self._look()
        except (DBAPIError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return  # or the database is away: it is asked again
        if self.is_lacking:
            self.is_lacking = False
            seconds = round(time.monotonic() - begun) if begun is not None else None
            log.info("database.has_room", after_seconds=seconds)

    async def close(self) -> None:
        """Look no longer."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
