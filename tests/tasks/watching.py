"""Watchers of tasks, and the connection that listens for their changes."""

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy import event, text

from tests.tasks.workplace import Workplace
from tests.waiting import eventually
from unwrapped.core.database import Database
from unwrapped.tasks.schemas import TaskState

SHORT = 0.02
"""Between two looks, where a test is about looking."""

LISTENING = "datname = current_database() AND application_name = ''"
"""Matches the sessions of a database that no pool of the service has opened."""


class Watching:
    """A watcher that reads each state of a task at once, until the stream ends."""

    def __init__(self, states: AsyncIterator[TaskState]) -> None:
        self.published: list[TaskState] = []
        self.end = asyncio.create_task(self._take(states))

    async def _take(self, states: AsyncIterator[TaskState]) -> None:
        async for state in states:
            self.published.append(state)

    async def until(self, version: int) -> TaskState:
        """Wait until a state has that version or a later one; return it."""
        await eventually(
            lambda: bool(self.published) and self.published[-1].version >= version
        )
        return self.published[-1]

    async def ended(self) -> list[int]:
        """Wait for the end of the stream; return the versions that were published."""
        async with asyncio.timeout(30):
            await self.end
        return [state.version for state in self.published]


async def who_listens(workplace: Workplace) -> list[int]:
    """The process ids of the sessions that listen."""
    statement = f"SELECT pid FROM pg_stat_activity WHERE {LISTENING}"  # noqa: S608 - above
    async with workplace.resources.database.session() as session:
        return list(await session.scalars(text(statement)))


async def until_listening(workplace: Workplace, *, besides: int = 0) -> int:
    """Wait for a session that listens; return its process id."""
    found: set[int] = set()

    async def is_there() -> bool:
        found.update(set(await who_listens(workplace)) - {besides})
        return bool(found)

    await eventually(is_there)
    (pid,) = found
    return pid


def count_uses(database: Database) -> list[object]:
    """Return a list that grows by one for each connection taken from the pool."""
    uses: list[object] = []
    event.listen(
        database.engine.sync_engine, "checkout", lambda *_: uses.append(object())
    )
    return uses


async def until_quiet(uses: list[object]) -> None:
    """Wait until no connection is taken from the pool for many looks."""
    async with asyncio.timeout(30):
        before = -1
        while len(uses) != before:
            before = len(uses)
            await asyncio.sleep(20 * SHORT)
