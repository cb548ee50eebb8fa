"""The application as a whole: how it is built, started and stopped."""

import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import text
from starlette.types import Message

import unwrapped.main
from tests.conftest import SECRET
from tests.databases import cloned
from unwrapped.core.config import Settings
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.main import configuration_of, create_app
from unwrapped.tasks.settings import TaskSettings

IMPORT = """
import os, sys
import unwrapped.main
assert "app" not in vars(unwrapped.main)
assert not os.listdir(os.environ["UNWRAPPED_HOME"])
app = unwrapped.main.app
assert app is unwrapped.main.app
assert not os.listdir(os.environ["UNWRAPPED_HOME"])
print(app.title)
"""


def test_importing_starts_nothing_and_app_is_built_when_asked_for(
    tmp_path: Path,
) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT],
        env={"UNWRAPPED_HOME": str(tmp_path), "SECRET_KEY": SECRET, "PATH": ""},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "Unwrapped\n", "")


def test_the_module_has_no_other_lazy_attribute() -> None:
    with pytest.raises(AttributeError, match="application"):
        _ = unwrapped.main.application


def test_the_document_can_be_asked_for_again_and_again(app: FastAPI) -> None:
    first = str(app.openapi())
    assert str(app.openapi()) == first
    assert "application/problem+json" in first


@pytest.fixture
def external(clone: DatabaseAddress, tmp_path: Path) -> Settings:
    """Settings with an external database."""
    return Settings(
        unwrapped_home=tmp_path / "home",
        secret_key=SecretStr(SECRET),
        database_url=SecretStr(clone.for_asyncpg()),
    )


def alone(settings: Settings) -> FastAPI:
    """The web process alone, as `serve --no-worker`."""
    return create_app(configuration_of(settings).replace(TaskSettings, worker=False))


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the application while it runs."""
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="https://localhost") as client,
    ):
        yield client


async def test_two_applications_in_one_process_share_nothing(
    external: Settings, clone: DatabaseAddress, template: DatabaseAddress
) -> None:
    app = alone(external.model_copy(update={"database_statement_seconds": 7}))
    async with cloned(template) as other:
        address = SecretStr(other.for_asyncpg())
        also = external.model_copy(update={"database_url": address})
        async with (
            running(app) as first,
            running(alone(also)) as second,
        ):
            account = {"username": "ada", "password": "correct horse"}
            path = "/api/v1/auth/register"
            for client in (first, second):
                assert (await client.get("/readyz")).json()["status"] == "ready"
                assert (await client.post(path, json=account)).status_code == 201
            await first.get("/healthz")
            counted = 'route="/healthz"'
            assert counted in (await first.get("/metrics")).text
            assert counted not in (await second.get("/metrics")).text
            async with state_of(app).resources.database.session() as session:
                assert await session.scalar(text("SHOW statement_timeout")) == "7s"
    connection = await asyncpg.connect(clone.for_asyncpg())
    try:
        left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND datname = $2"
        assert await connection.fetchval(left, "unwrapped", clone.database) == 0
    finally:
        await connection.close()


async def started(app: FastAPI) -> Message:
    """The messages that a server receives when it starts the application."""
    reply: list[Message] = []

    async def receive() -> Message:
        return {"type": "lifespan.startup" if not reply else "lifespan.shutdown"}

    async def send(message: Message) -> None:
        reply.append(message)

    try:
        await app({"type": "lifespan", "asgi": {"version": "3.0"}}, receive, send)
    except Exception:  # noqa: BLE001 - servers compare the message
        assert reply
    return reply[0]


@pytest.mark.parametrize(
    ("over", "said"),
    [
        (
            {"database_url": SecretStr("mysql://x")},
            "The database address cannot be read",
        ),
        (
            {"database_url": SecretStr("postgresql://ada:hunter2@127.0.0.1:1/x")},
            "127.0.0.1",
        ),
    ],
)
async def test_a_start_that_fails_is_shown_in_words(
    external: Settings, over: dict[str, object], said: str
) -> None:
    message = await started(alone(external.model_copy(update=over)))
    assert message["type"] == "lifespan.startup.failed"
    assert said in message["message"]
    assert "Traceback" not in message["message"]
    assert "hunter2" not in message["message"]


async def test_an_external_database_is_not_migrated_at_the_start(
    external: Settings, server: DatabaseAddress, clone: DatabaseAddress
) -> None:
    connection = await asyncpg.connect(clone.for_asyncpg())
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    message = await started(alone(external))
    assert message["type"] == "lifespan.startup.failed"
    assert "unwrapped db upgrade" in message["message"]
    tables = (
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    )
    assert await connection.fetchval(tables) == 0
    await connection.close()


async def test_a_weak_secret_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    home = tmp_path / "home"
    settings = Settings(unwrapped_home=home, secret_key=SecretStr("short"))
    message = await started(alone(settings))
    assert "SECRET_KEY has a key of 5 bytes" in message["message"]
    assert not home.exists()
