"""Every session has its limits, whichever driver opened it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from tests.auth.factories import sign_in
from tests.auth.personal_rows import make_personal_rows
from tests.conftest import MakeClient, make_resources
from tests.databases import cloned
from unwrapped.auth.export import open_export
from unwrapped.auth.service import UserService
from unwrapped.core.config import Settings
from unwrapped.core.database import Database
from unwrapped.core.migrations.upgrade import apply_migrations
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.session_settings import (
    SessionSettings,
    is_statement_timeout,
)
from unwrapped.core.process_resources import Resources
from unwrapped.main import DOMAINS
from unwrapped.music.store.history_snapshot import read_listens

SOON = 20.0
SHORT = SessionSettings(timedelta(milliseconds=500))
LOCK = text("LOCK TABLE listen IN ACCESS EXCLUSIVE MODE")


@pytest.fixture
async def hasty(settings: Settings, clone: DatabaseAddress) -> AsyncIterator[Resources]:
    """Resources of a process whose statements may take half a second."""
    database = Database(clone, sessions=SHORT)
    yield make_resources(settings, database)
    await database.dispose()


async def _show(session: AsyncSession, name: str) -> str:
    return str(await session.scalar(text(f"SHOW {name}")))


async def test_sessions_of_every_kind_have_the_settings(hasty: Resources) -> None:
    database = hasty.database
    for sessions in (database.session, database.session_apart, database.autocommit):
        async with sessions() as session:
            assert await _show(session, "statement_timeout") == "500ms"
            found = await _show(session, "client_connection_check_interval")
            assert found == "500ms"
    async with database.session_apart() as apart:
        assert await _show(apart, "lock_timeout") == "2s"
    async with database.driver() as driver:
        assert await driver.fetchval("SHOW statement_timeout") == "500ms"


async def test_without_a_limit_that_of_the_server_applies(
    clone: DatabaseAddress,
) -> None:
    database = Database(clone)
    async with database.session() as session:
        before = await _show(session, "statement_timeout")
        await session.execute(
            text(f"ALTER DATABASE {clone.database} SET statement_timeout = '7s'")
        )
    await database.dispose()
    async with database.session() as session:
        assert (before, await _show(session, "statement_timeout")) == ("0", "7s")
    await database.dispose()


async def test_a_statement_that_takes_longer_is_ended(hasty: Resources) -> None:
    async with hasty.database.session() as session:
        with pytest.raises(DBAPIError) as ended:
            await session.execute(text("SELECT pg_sleep(600)"))
    assert is_statement_timeout(ended.value)


async def test_a_statement_that_reads_a_history_is_ended_too(hasty: Resources) -> None:
    database = hasty.database
    async with database.session() as session:
        await session.execute(LOCK)
        # The driver's own kinds of error: what ended the statement is in its SQLSTATE.
        with pytest.raises(Exception, match="statement timeout") as ended:
            await asyncio.to_thread(read_listens, database.address, 1, None, SHORT)
    assert is_statement_timeout(ended.value)


def test_other_errors_are_not_taken_for_a_timeout() -> None:
    assert not is_statement_timeout(ValueError())
    assert not is_statement_timeout(asyncpg.UniqueViolationError())
    assert not is_statement_timeout(DBAPIError("", None, ValueError()))
    assert is_statement_timeout(asyncpg.QueryCanceledError())
    assert is_statement_timeout(asyncpg.LockNotAvailableError())


async def test_a_request_that_takes_too_long_is_answered_with_503(
    hasty: Resources, make_client: MakeClient
) -> None:
    ada = await sign_in(hasty)
    client = make_client(hasty)
    async with hasty.database.session() as session:
        await session.execute(LOCK)
        answer = await client.get("/api/v1/music/listens", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "statement_timeout")
    assert "ask for less" in answer.json()["detail"]
    assert answer.headers["Retry-After"] == "5"
    again = await client.get("/api/v1/music/listens", headers=ada.headers)
    assert again.status_code == 200


async def test_the_server_ends_a_statement_that_nobody_waits_for(
    hasty: Resources,
) -> None:
    await hasty.database.ping()
    database = Database(hasty.database.address)
    async with database.driver() as driver:
        waiting = asyncio.create_task(driver.execute("SELECT pg_sleep(600)"))
        await asyncio.sleep(0.05)
        # As a process that is killed: the server is sent nothing more.
        driver.terminate()
        await asyncio.gather(waiting, return_exceptions=True)
    await database.dispose()
    running = text(
        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)'"
        " AND datname = current_database()"
    )
    async with asyncio.timeout(SOON), hasty.database.autocommit() as session:
        while await session.scalar(running):  # noqa: ASYNC110 - of the server
            await asyncio.sleep(0.05)


async def test_an_export_is_not_bound_by_the_limit_of_requests(
    settings: Settings, clone: DatabaseAddress, cloned_resources: Resources
) -> None:
    ada = await make_personal_rows(cloned_resources, "ada")
    parts = [part for domain in DOMAINS for part in domain.personal_data]
    database = Database(clone, sessions=SessionSettings(timedelta(milliseconds=1)))
    hasty = make_resources(settings, database)
    async with open_export(hasty, parts, ada.id) as begun:
        async for _ in begun.pieces:
            await asyncio.sleep(0.002)
    await database.dispose()


async def test_nobody_is_kept_from_deleting_their_account(hasty: Resources) -> None:
    ada = await sign_in(hasty)
    async with hasty.database.session() as session:
        await UserService(session).delete_user(ada.id)
        assert await _show(session, "statement_timeout") == "0"
    async with hasty.database.session() as session:
        assert await _show(session, "statement_timeout") == "500ms"


async def test_a_migration_takes_as_long_as_it_takes(server: DatabaseAddress) -> None:
    async with cloned(server.with_database("template0")) as empty:
        connection = await asyncpg.connect(empty.for_asyncpg())
        await connection.execute(
            f"ALTER DATABASE {empty.database} SET statement_timeout = '1ms'"
        )
        await connection.close()
        assert await apply_migrations(empty)
