"""The settings of a person's data: what they can take along."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.web.pages.readers import Reader, played
from tests.web.parsed import parse
from unwrapped.core.process_resources import Resources


@pytest.fixture
def resources(cloned_resources: Resources) -> Resources:
    """Exports are read on a connection of their own."""
    return cloned_resources


@pytest.fixture
async def session(resources: Resources) -> AsyncIterator[AsyncSession]:
    """A session whose every statement is seen at once."""
    async with resources.database.autocommit() as own:
        yield own


async def test_the_links_lead_to_the_export_and_a_table_of_plays(
    reader: Reader,
) -> None:
    await reader.store(played(1, "2023-05-01T10:00:00Z", artist="=Ann"))
    page = parse((await reader.open("/settings/data")).text)
    links = [
        one.attributes["href"] for one in page.all("a") if "download" in one.attributes
    ]
    assert links[0] == "/api/v1/auth/me/export"
    table = await reader.open(links[1] or "")
    assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "'=Ann,Song 1" in table.text
