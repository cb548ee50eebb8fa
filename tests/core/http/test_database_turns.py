"""Requests of one person never hold all connections of a process."""

import asyncio

import httpx2
import pytest

from tests.auth.factories import SignedIn, sign_in
from tests.conftest import MakeClient
from unwrapped.core.http.database_turns import (
    MOST_CREDENTIALS,
    MOST_WAITING,
    TooManyAtOnce,
    Turns,
    person,
)
from unwrapped.core.postgres.advisory_locks import take_lock
from unwrapped.core.process_resources import Resources

SOON = 20.0
"""Seconds after which something is assumed to wait forever."""

LISTENS = "/api/v1/music/listens"
UPLOADS = "/api/v1/music/uploads"
ME = "/api/v1/auth/me"


async def test_turns_are_limited_and_other_requests_are_not_delayed() -> None:
    turns = Turns(2)
    had, most, go_on = 0, 0, asyncio.Event()

    async def request(whose: str) -> None:
        nonlocal had, most
        async with turns.of(whose):
            had += 1
            most = max(most, had)
            await go_on.wait()
            had -= 1

    mine = [asyncio.create_task(request("me")) for _ in range(10)]
    await asyncio.sleep(0)
    other = asyncio.create_task(request("other"))
    await asyncio.sleep(0)
    assert most == 3
    go_on.set()
    async with asyncio.timeout(SOON):
        await asyncio.gather(*mine, other)
    assert turns._queues == {}


async def test_too_many_that_wait_are_refused() -> None:
    turns = Turns(1)
    async with turns.of("me"):
        waiting = [
            asyncio.create_task(turns.of("me").__aenter__())
            for _ in range(MOST_WAITING)
        ]
        await asyncio.sleep(0)
        with pytest.raises(TooManyAtOnce):
            async with turns.of("me"):
                pass
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def test_a_credential_that_identified_nobody_is_an_address() -> None:
    turns = Turns(1)
    turns.learn("Bearer a", 7)
    assert turns.whose("Bearer a", "192.0.2.1") == person(7)
    assert turns.whose("Bearer b", "192.0.2.1") == turns.whose(None, "192.0.2.1")
    for number in range(MOST_CREDENTIALS):
        turns.learn(f"Bearer {number}", 8)
    assert turns.whose("Bearer a", "192.0.2.1") != person(7)


@pytest.fixture
async def mallory(cloned_resources: Resources) -> SignedIn:
    return await sign_in(cloned_resources, username="mallory")


@pytest.fixture
async def victim(cloned_resources: Resources) -> SignedIn:
    return await sign_in(cloned_resources, username="victim")


@pytest.fixture
def client(make_client: MakeClient, cloned_resources: Resources) -> httpx2.AsyncClient:
    return make_client(cloned_resources)


async def test_requests_that_wait_for_a_lock_do_not_delay_other_people(
    client: httpx2.AsyncClient,
    cloned_resources: Resources,
    mallory: SignedIn,
    victim: SignedIn,
) -> None:
    assert (await client.get(ME, headers=mallory.headers)).status_code == 200
    async with asyncio.timeout(SOON):
        async with cloned_resources.database.session() as session:
            await take_lock(session, "uploads", mallory.id)
            uploads = [
                asyncio.create_task(
                    client.post(
                        UPLOADS,
                        params={"name": "x.json"},
                        content=b"[]",
                        headers=mallory.headers,
                    )
                )
                for _ in range(20)
            ]
            await asyncio.sleep(0.3)
            seen = await client.get(ME, headers=victim.headers)
            assert seen.status_code == 200
            assert not any(upload.done() for upload in uploads)
        answers = await asyncio.gather(*uploads)
    assert {answer.status_code for answer in answers} == {201}


async def test_a_removal_does_not_wait_for_an_import(
    client: httpx2.AsyncClient, cloned_resources: Resources, mallory: SignedIn
) -> None:
    async with asyncio.timeout(SOON):
        async with cloned_resources.database.session() as session:
            await take_lock(session, "history", mallory.id)
            refused = await client.delete(
                LISTENS, params={"period": "all"}, headers=mallory.headers
            )
        assert (refused.status_code, refused.json()["code"]) == (409, "history_busy")
        removed = await client.delete(
            LISTENS, params={"period": "all"}, headers=mallory.headers
        )
    assert removed.json() == {"listens": 0, "task": None}
