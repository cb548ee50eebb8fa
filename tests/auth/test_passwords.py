"""Passwords: how they are hashed, where, and that they never show."""

import asyncio
import threading

import httpx2
import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import make_user
from tests.auth.logs import written_log
from tests.conftest import MakeClient
from unwrapped.auth.models import User
from unwrapped.auth.passwords import (
    MOST_WAITING,
    HashingPool,
    TooBusy,
    hash_password,
    verify_password,
)
from unwrapped.core.config import Settings
from unwrapped.core.resources import Resources

REGISTER, TOKEN = "/api/v1/auth/register", "/api/v1/auth/token"
PASSWORD = "tr0ub4dor-and-three"  # noqa: S105 - of nobody


async def test_what_is_stored_is_argon2id_of_19_mib_in_two_passes(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    account = {"username": "ada", "password": PASSWORD}
    await client.post(REGISTER, json=account)
    stored = await session.scalar(select(col(User.password_hash)))
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_the_same_password_has_another_hash_each_time() -> None:
    password = SecretStr(PASSWORD)
    first, second = await hash_password(password), await hash_password(password)
    assert first != second
    assert await verify_password(password, first)
    assert not await verify_password(SecretStr(PASSWORD[:-1]), first)
    assert not await verify_password(password, None)


@pytest.fixture
async def people(cloned_resources: Resources) -> list[str]:
    """The names of ten users of one password."""
    hashed = await hash_password(SecretStr(PASSWORD))
    names = [f"user-{number}" for number in range(10)]
    async with cloned_resources.database.session() as session:
        for name in names:
            await make_user(session, username=name, password_hash=hashed)
    return names


async def test_more_than_can_be_hashed_in_good_time_are_turned_away() -> None:
    pool, open_door = HashingPool(), threading.Event()
    waiting = [
        asyncio.create_task(pool.run(open_door.wait)) for _ in range(MOST_WAITING)
    ]
    await asyncio.sleep(0)
    try:
        with pytest.raises(TooBusy, match="Try again in a moment"):
            await pool.run(open_door.wait)
    finally:
        open_door.set()
    assert all(await asyncio.gather(*waiting))
    assert await pool.run(lambda: "there is room again")


async def test_the_loop_goes_on_while_two_threads_hash(
    make_client: MakeClient, cloned_resources: Resources, people: list[str]
) -> None:
    client = make_client(cloned_resources)
    signing_in = asyncio.gather(
        *(
            client.post(TOKEN, data={"username": name, "password": PASSWORD})
            for name in people
        )
    )
    turns, most_threads = 0, 0
    while not signing_in.done():
        await asyncio.sleep(0)
        turns += 1
        hashing = [one for one in threading.enumerate() if "argon2" in one.name]
        most_threads = max(most_threads, len(hashing))
    assert [answer.status_code for answer in await signing_in] == [200] * 10
    # Hashing on the loop leaves it some 2,500 turns, hashing beside it 45,000.
    assert turns > 8000
    assert most_threads == 2


@attack(38, "password")
async def test_a_password_shows_in_no_answer_and_no_line_of_the_log(
    client: httpx2.AsyncClient, settings: Settings
) -> None:
    account = {"username": "ada", "password": PASSWORD}
    with written_log(settings) as log:
        answers = [
            await client.post(REGISTER, json=account),
            await client.post(REGISTER, json=account),
            await client.post(REGISTER, json=account | {"password": [PASSWORD]}),
            await client.post(REGISTER, json=account | {"username": PASSWORD * 9}),
            await client.post(REGISTER, json=account | {"email": PASSWORD}),
            await client.post(REGISTER, json=[PASSWORD]),
            await client.post(REGISTER, json=PASSWORD),
            await client.post(REGISTER, content=f'{{"password": "{PASSWORD}'),
            await client.post(TOKEN, data=account),
            await client.post(TOKEN, data=account | {"password": PASSWORD + "x"}),
            await client.post(TOKEN, data=account | {"password": PASSWORD * 20}),
            await client.post(TOKEN, data=account | {"grant_type": PASSWORD}),
            await client.post(TOKEN, json=account),
            await client.post(TOKEN, content=PASSWORD),
        ]
    codes = [201, 409, 422, 422, 422, 422, 422, 422, 200, 401, 422, 422, 422, 422]
    assert [answer.status_code for answer in answers] == codes
    for answer in answers:
        assert PASSWORD not in answer.text
        assert PASSWORD not in str(answer.headers)
    assert len(log.of("request.done")) == len(answers)
    assert PASSWORD not in log.text
