"""Fixtures of the tests of background tasks."""

import asyncio
import gc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.auth.factories import make_user
from tests.conftest import SECRET
from tests.processes import environment
from tests.tasks.proxy import DatabaseProxy
from tests.tasks.workers import Workers
from tests.tasks.workplace import TRACES, Workplace
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.serving.feed import TaskFeed


@pytest.fixture
async def workplace(cloned_resources: Resources) -> Workplace:
    """A database of the test's own with a user and a table of traces."""
    return await make_workplace(cloned_resources)


@pytest.fixture
async def joined(resources: Resources) -> Workplace:
    """A workplace for one session after another, in a transaction that is undone."""
    return await make_workplace(resources)


async def make_workplace(resources: Resources) -> Workplace:
    """Add a user and a table of traces to a database."""
    async with resources.database.session() as session:
        await session.execute(text(TRACES))
        user = await make_user(session)
    return Workplace(resources, user.id or 0)


@pytest.fixture
async def feed(workplace: Workplace) -> AsyncIterator[TaskFeed]:
    """A feed of the test's database."""
    feed = TaskFeed(workplace.resources.database)
    yield feed
    await feed.close()


@pytest.fixture
async def proxy(clone: DatabaseAddress) -> AsyncIterator[DatabaseProxy]:
    """A way to the test's database that can be cut."""
    async with DatabaseProxy(clone) as proxy:
        yield proxy
    # What asyncpg leaves open when it is cut off in the middle is this test's.
    await asyncio.sleep(0)
    gc.collect()


@pytest.fixture
async def workers(clone: DatabaseAddress, tmp_path: Path) -> AsyncIterator[Workers]:
    """Worker processes on the test's database; all ended after the test."""
    ours = environment(
        DATABASE_URL=clone.for_asyncpg(),
        SECRET_KEY=SECRET,
        UNWRAPPED_HOME=str(tmp_path / "home"),
        WORKER_HEARTBEAT_SECONDS="1",
    )
    async with Workers(tmp_path / "workers.log", ours) as workers:
        yield workers
