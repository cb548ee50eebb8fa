"""The example of docs/background-tasks.md, taken from there and run."""

import asyncio
import importlib
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx2
import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

import unwrapped
from tests.auth.factories import SignedIn, sign_in
from tests.declared import checked
from tests.tasks.workers import working
from tests.waiting import PATIENCE_SECONDS
from unwrapped.application import build_app
from unwrapped.core.domain import Domain
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS

DOC = Path(__file__).parents[2] / "docs" / "background-tasks.md"
MODULE = re.compile(
    r"^`src/unwrapped/postcards/(\w+\.py)`\n\n```python\n(.*?)^```$", re.DOTALL | re.MULTILINE
)  # fmt: skip
MIGRATION = re.compile(r"^```sql\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PACKAGE = "unwrapped.postcards"


@pytest.fixture
async def postcards(
    tmp_path: Path, clone: DatabaseAddress, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Domain]:
    """The domain of the example: its modules where it says, its table in the database."""
    doc = DOC.read_text(encoding="utf-8")
    folder = tmp_path / "postcards"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for name, code in MODULE.findall(doc):
        (folder / name).write_text(code, encoding="utf-8")
    [migration] = MIGRATION.findall(doc)
    connection = await asyncpg.connect(clone.for_asyncpg())
    await connection.execute(migration)
    await connection.close()
    monkeypatch.setattr(unwrapped, "__path__", [*unwrapped.__path__, str(tmp_path)])
    yield importlib.import_module(f"{PACKAGE}.domain").DOMAIN
    SQLModel.metadata.remove(SQLModel.metadata.tables["postcard"])
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


@pytest.fixture
async def client(
    cloned_resources: Resources, postcards: Domain
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of an application with the example in it."""
    app = build_app(cloned_resources.configuration, (*DOMAINS, postcards))
    state_of(app).resources = cloned_resources
    transport = httpx2.ASGITransport(app=checked(app))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:  # fmt: skip
        yield client


async def once_ended(
    client: httpx2.AsyncClient, user: SignedIn, task_id: str
) -> dict[str, object]:
    """Wait until the task has ended; return it as the API does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            answer = await client.get(f"/api/v1/tasks/{task_id}", headers=user.headers)
            task: dict[str, object] = answer.json()
            if task["status"] not in {"pending", "processing"}:
                return task
            await asyncio.sleep(0.05)


async def written(resources: Resources) -> dict[str, tuple[int, int, int]]:
    """The postcards by their ids: whose, of which year, of how many letters."""
    query = "SELECT id::text, user_id, year, length(words) FROM postcard"
    async with resources.database.session() as session:
        return {row[0]: tuple(row[1:]) for row in await session.execute(text(query))}


async def write_old_one(resources: Resources, user: SignedIn) -> None:
    """A postcard of more than a year ago."""
    async with resources.database.session() as session:
        await session.execute(
            text(
                "INSERT INTO postcard (id, user_id, year, words, created_at) VALUES"
                " (gen_random_uuid(), :user_id, 1999, '', now() - interval '366 days')"
            ),
            {"user_id": user.id},
        )


# One test: a class that is a table can be imported once in a process.
async def test_the_example_does_what_the_page_says(
    client: httpx2.AsyncClient, cloned_resources: Resources, postcards: Domain
) -> None:
    ada = await sign_in(cloned_resources)
    await write_old_one(cloned_resources, ada)

    async def post(path: str) -> httpx2.Response:
        return await client.post(f"/api/v1/{path}", headers=ada.headers)

    begun = [await post(f"postcards?year={year}") for year in (2025, 2025, 2026)]
    assert [answer.status_code for answer in begun] == [202] * 3
    first, again, other = (answer.json()["id"] for answer in begun)
    assert first == again != other
    assert (await post("postcards?year=1")).status_code == 422
    assert (await client.post("/api/v1/postcards?year=2025")).status_code == 401
    assert (await post(f"tasks/{other}/cancel")).json()["status"] == "cancelled"

    async with working(cloned_resources, domains=[postcards]):
        task = await once_ended(client, ada, first)
        async with asyncio.timeout(PATIENCE_SECONDS):
            # The periodic job throws the old one away.
            while len(await written(cloned_resources)) > 1:  # noqa: ASYNC110 - by a worker
                await asyncio.sleep(0.05)
    assert (task["kind"], task["status"]) == ("postcards.write", "completed")
    assert task["attempt"] == 1
    answer = await client.get(f"/api/v1/tasks/{first}/result", headers=ada.headers)
    # Of the cancelled one there is nothing.
    letters = answer.json()["letters"]
    assert await written(cloned_resources) == {first: (ada.id, 2025, letters)}
    assert [data.tables for data in postcards.personal_data] == [{"postcard"}]
