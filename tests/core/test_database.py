"""Sessions: one transaction each, committed before the answer is sent."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import col

from tests.auth.factories import make_user
from tests.conftest import SECRET
from tests.tasks.proxy import disconnect_everybody
from unwrapped.auth.models import User
from unwrapped.core.config import Settings
from unwrapped.core.database import Database, count_changed
from unwrapped.core.dependencies import SessionDep
from unwrapped.core.exceptions import Conflict
from unwrapped.core.http.state import state_of
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.process_resources import Resources
from unwrapped.main import create_app


class Refused(Conflict):
    """Raised by an endpoint after it has written."""


@pytest.fixture(scope="module")
def writing_app() -> FastAPI:
    """An application with endpoints that write."""
    app = create_app(
        Settings(secret_key=SecretStr(SECRET), allowed_hosts=("testserver",))
    )

    @app.post("/promise/{number}")
    async def promise(number: int, session: SessionDep) -> str:
        await session.execute(text("INSERT INTO promise VALUES (:n)"), {"n": number})
        return "kept"

    @app.post("/refuse/{number}")
    async def refuse(number: int, session: SessionDep) -> str:
        await session.execute(text("INSERT INTO promise VALUES (:n)"), {"n": number})
        raise Refused("no")

    return app


@pytest.fixture
async def writer(
    writing_app: FastAPI, cloned_resources: Resources
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of those endpoints; a promise may be made once, checked at the commit."""
    async with cloned_resources.database.session() as session:
        await session.execute(
            text(
                "CREATE TABLE promise (n integer UNIQUE DEFERRABLE INITIALLY DEFERRED)"
            )
        )
    state_of(writing_app).resources = cloned_resources
    transport = httpx2.ASGITransport(app=writing_app)
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://testserver"
    ) as client:
        yield client


async def promises(resources: Resources) -> list[int]:
    async with resources.database.session() as session:
        return list(await session.scalars(text("SELECT n FROM promise ORDER BY n")))


async def test_an_answer_of_success_means_that_it_is_committed(
    writer: httpx2.AsyncClient, cloned_resources: Resources
) -> None:
    assert (await writer.post("/promise/1")).status_code == 200
    assert await promises(cloned_resources) == [1]


async def test_a_commit_that_fails_is_no_success(
    writer: httpx2.AsyncClient, cloned_resources: Resources
) -> None:
    await writer.post("/promise/1")
    again = await writer.post("/promise/1")
    assert again.status_code == 500
    assert again.json()["code"] == "internal_error"
    assert await promises(cloned_resources) == [1]
    assert (await writer.post("/promise/2")).status_code == 200


async def test_rows_written_before_an_error_are_undone(
    writer: httpx2.AsyncClient, cloned_resources: Resources
) -> None:
    assert (await writer.post("/refuse/1")).status_code == 409
    assert await promises(cloned_resources) == []


async def test_a_hundred_requests_share_ten_connections(
    writer: httpx2.AsyncClient, cloned_resources: Resources
) -> None:
    answers = await asyncio.gather(*(writer.post(f"/promise/{n}") for n in range(100)))
    assert {answer.status_code for answer in answers} == {200}
    assert await promises(cloned_resources) == list(range(100))


async def names(database: Database) -> set[str]:
    async with database.session() as session:
        return set(await session.scalars(select(col(User.username))))


async def test_a_session_commits_at_its_end_and_undoes_at_an_error(
    cloned_resources: Resources,
) -> None:
    database = cloned_resources.database
    async with database.session() as session:
        await make_user(session, username="ada")

    async def fail() -> None:
        async with database.session() as session:
            await make_user(session, username="eve")
            raise Refused("no")

    with pytest.raises(Refused):
        await fail()
    assert await names(database) == {"ada"}


async def test_a_session_apart_survives_an_error(
    cloned_resources: Resources,
) -> None:
    database = cloned_resources.database

    async def fail() -> None:
        async with database.session() as session:
            await make_user(session, username="ada")
            async with database.session_apart() as apart:
                await make_user(apart, username="counted")
            raise Refused("no")

    with pytest.raises(Refused):
        await fail()
    assert await names(database) == {"counted"}


async def test_a_full_pool_does_not_wait_for_itself(clone: DatabaseAddress) -> None:
    database = Database(clone, pool_size=2)
    all_in = asyncio.Barrier(2)

    async def request() -> None:
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
            await all_in.wait()
            async with database.session_apart() as apart:
                await apart.execute(text("SELECT 1"))

    async with asyncio.timeout(10):
        await asyncio.gather(request(), request())
    await database.dispose()


async def test_a_session_apart_waits_two_seconds_for_a_lock(
    cloned_resources: Resources,
) -> None:
    database = cloned_resources.database
    async with database.session() as session:
        await make_user(session, username="ada")
    change = update(User).values(display_name="x")

    async def wait_for_oneself() -> None:
        async with database.session() as session, database.session_apart() as apart:
            await session.execute(change)
            await apart.execute(change)

    with pytest.raises(DBAPIError, match="lock timeout"):
        await asyncio.wait_for(wait_for_oneself(), 10)


async def test_changes_are_counted(cloned_resources: Resources) -> None:
    async with cloned_resources.database.session() as session:
        for name in ("ada", "eve", "grace"):
            await make_user(session, username=name)
        renamed = (
            update(User).values(display_name="x").where(col(User.username) != "ada")
        )
        assert await count_changed(session, renamed) == 2
        assert await count_changed(session, delete(User)) == 3
        assert await count_changed(session, delete(User)) == 0


async def test_connections_say_who_they_are(cloned_resources: Resources) -> None:
    async with cloned_resources.database.session() as session:
        assert await session.scalar(text("SHOW application_name")) == "unwrapped"
        assert await session.scalar(text("SHOW transaction_isolation")) == (
            "read committed"
        )


async def test_a_connection_that_died_in_the_pool_is_not_given_out(
    cloned_resources: Resources,
) -> None:
    database = cloned_resources.database
    async with database.session() as session:
        dying = await session.scalar(text("SELECT pg_backend_pid()"))
    async with database.session_apart() as apart:
        await apart.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": dying})
    await asyncio.sleep(0.1)
    async with database.session() as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) != dying


async def test_a_connection_that_the_server_has_just_ended_is_not_given_out_either(
    cloned_resources: Resources,
) -> None:
    database = cloned_resources.database
    async with database.session() as session:
        dying = await session.scalar(text("SELECT pg_backend_pid()"))
    with ThreadPoolExecutor(1) as elsewhere:
        # Our loop is blocked meanwhile: it has not read that the server hung up.
        elsewhere.submit(asyncio.run, disconnect_everybody(database.address)).result()
    async with database.session() as session:
        assert await session.scalar(text("SELECT pg_backend_pid()")) != dying


async def test_an_error_does_not_show_the_values_of_a_statement(
    cloned_resources: Resources,
) -> None:
    address = "ada@example.org"
    async with cloned_resources.database.session() as session:
        await make_user(session, username_key="key")
        with pytest.raises(IntegrityError, match="uq_user_username_key") as refused:
            async with session.begin_nested():
                await make_user(session, username_key="key", email=address)
    assert address not in str(refused.value)
