"""A database for tests that commit and look at their own listeners alone."""

from collections.abc import AsyncIterator

import pytest

from tests.conftest import Configure
from tests.databases import cloned
from unwrapped.core.database import Database
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources


@pytest.fixture(scope="session")
async def common_database(template: DatabaseAddress) -> AsyncIterator[Database]:
    """A database that the tests of this process share; what they commit stays."""
    async with cloned(template) as address:
        database = Database(address)
        yield database
        await database.dispose()


@pytest.fixture
async def common_resources(
    configure: Configure, common_database: Database
) -> AsyncIterator[Resources]:
    """Resources on the shared database, for a test that makes users of its own."""
    made = configure.resources(common_database)
    yield made
    await made.close_kept()
