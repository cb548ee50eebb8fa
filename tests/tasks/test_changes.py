"""What the database does at every change of a task: number it, and notify."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from tests.auth.factories import make_user
from tests.tasks.workplace import Workplace
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.tasks.serving.feed import CHANNEL

KIND = "tests.work"
LAST = "last"
CHANGES = (
    *("status = 'processing'", "progress = 0.5", "progress = progress"),
    *("result_data = '{}'", "version = 99", "version = 1"),
)


class Heard:
    """The notifications of a session that listens."""

    def __init__(
        self, connection: "asyncpg.Connection[asyncpg.Record]", address: DatabaseAddress
    ) -> None:
        self._address = address
        self._payloads: list[str] = []
        self._is_last = asyncio.Event()
        self.connection = connection

    def hear(self, connection: object, pid: int, channel: str, payload: object) -> None:
        """Called by the driver."""
        if payload == LAST:
            self._is_last.set()
        else:
            self._payloads.append(str(payload))

    async def payloads(self) -> list[str]:
        """Return the payloads since the last call; they arrive in the order of commits."""
        other = await asyncpg.connect(self._address.for_asyncpg())
        await other.execute("SELECT pg_notify($1, $2)", CHANNEL, LAST)
        await other.close()
        async with asyncio.timeout(30):
            await self._is_last.wait()
        self._is_last.clear()
        payloads, self._payloads = self._payloads, []
        return payloads


@pytest.fixture
async def heard(clone: DatabaseAddress) -> AsyncIterator[Heard]:
    """A session that listens."""
    connection = await asyncpg.connect(clone.for_asyncpg())
    heard = Heard(connection, clone)
    await connection.add_listener(CHANNEL, heard.hear)
    yield heard
    await connection.close()


async def version(workplace: Workplace, task_id: UUID) -> int:
    """The version of a task's row."""
    return (await workplace.row(task_id)).version


async def test_every_change_has_the_next_number_and_is_announced(
    workplace: Workplace, heard: Heard
) -> None:
    task_id = await workplace.begin(KIND)
    other = await workplace.begin(KIND, "other")
    assert await version(workplace, task_id) == 1
    await heard.payloads()
    for number, change in enumerate(CHANGES, start=2):
        await workplace.change(task_id, change)
        assert await version(workplace, task_id) == number
        assert await heard.payloads() == [str(task_id)]
    assert await version(workplace, other) == 1


async def test_a_change_that_is_rolled_back_is_not_announced(
    workplace: Workplace, heard: Heard
) -> None:
    task_id = await workplace.begin(KIND)
    async with workplace.resources.database.session() as session:
        task = await session.get_one(type(await workplace.row(task_id)), task_id)
        task.progress = 0.5
        await session.flush()
        await session.rollback()
    assert await heard.payloads() == []
    assert await version(workplace, task_id) == 1


async def test_every_changed_row_is_announced_once_a_transaction(
    workplace: Workplace, heard: Heard
) -> None:
    ids = [await workplace.begin(KIND, str(number)) for number in range(5)]
    await workplace.execute("UPDATE background_task SET progress = 0.5")
    assert sorted(await heard.payloads()) == sorted(map(str, ids))


async def test_only_deletions_of_active_tasks_are_announced(
    workplace: Workplace, heard: Heard
) -> None:
    async with workplace.resources.database.session() as session:
        somebody = (await make_user(session)).id or 0
    theirs = Workplace(workplace.resources, somebody)
    active, ended = [await theirs.begin(KIND, key) for key in ("active", "ended")]
    await workplace.change(ended, "status = 'failed', completed_at = now()")
    await heard.payloads()
    await workplace.execute('DELETE FROM "user" WHERE id = :id', id=somebody)
    assert await heard.payloads() == [str(active)]
    assert await workplace.count("background_task") == 0
