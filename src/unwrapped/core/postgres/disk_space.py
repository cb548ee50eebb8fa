"""Whether the database has space to store something, as far as this process knows.

An error shows that there is none; it is logged once. The database is then checked until
there is space again, which is logged as well.
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
    """Whether the database could not store something because its disk is full."""
    if isinstance(error, DBAPIError):
        error = error.orig
    return isinstance(error, asyncpg.DiskFullError) or isinstance(
        getattr(error, "__cause__", None), asyncpg.DiskFullError
    )


class DiskSpace:
    """The space of one database; `look` raises the database's error if it has none."""

    def __init__(self, look: Callable[[], Awaitable[None]]) -> None:
        self._look = look
        self._watching: asyncio.Task[None] | None = None
        self.is_lacking = False

    def note(self, error: BaseException | None) -> None:
        """Note an error, which may mean that there is no space."""
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
        """Check once whether there is space again."""
        try:
            await self._look()
        except (DBAPIError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            return  # no space yet, or no database: the check is repeated
        if self.is_lacking:
            self.is_lacking = False
            seconds = round(time.monotonic() - begun) if begun is not None else None
            log.info("database.has_room", after_seconds=seconds)

    async def close(self) -> None:
        """Stop checking."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
