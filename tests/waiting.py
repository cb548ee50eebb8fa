"""Waiting for what others do: processes, workers, the database."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable

from sqlalchemy import text

from unwrapped.core.database import Database

PATIENCE_SECONDS = 120.0
"""Longer than anything takes on the slowest machine."""

_BLOCKED = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


def until[T](
    found: Callable[[], T | None], what: str = "", seconds: float = PATIENCE_SECONDS
) -> T:
    """What `found` finds, once it does."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if (value := found()) is not None:
            return value
        time.sleep(0.05)
    raise AssertionError(f"not in {seconds:g} s: {what or found}")


async def eventually(
    true: Callable[[], bool | Awaitable[bool]], seconds: float = PATIENCE_SECONDS
) -> None:
    """Wait until something is true; ask less often the longer it takes."""
    pause = 0.01
    async with asyncio.timeout(seconds):
        while True:
            is_true = true()
            if await is_true if inspect.isawaitable(is_true) else is_true:
                return
            await asyncio.sleep(pause)
            pause = min(1.3 * pause, 0.1)


async def until_blocked(database: Database) -> None:
    """Wait until somebody waits for a lock in this database."""

    async def is_blocked() -> bool:
        # A session of its own: what is going on is read once a transaction.
        async with database.session() as session:
            return bool(await session.scalar(_BLOCKED))

    await eventually(is_blocked)
