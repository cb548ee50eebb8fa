"""Passwords: how they are hashed, where, and that they never show."""

import asyncio
import threading
import time

import httpx2
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import HASHED, make_user, sign_in
from tests.auth.factories import PASSWORD as FACTORY_PASSWORD
from tests.auth.logs import written_log
from tests.conftest import MakeClient
from unwrapped.auth import passwords
from unwrapped.auth.models import User
from unwrapped.auth.passwords import (
    MOST_WAITING,
    HashingPool,
    TooBusy,
    WeakPassword,
    hash_password,
    verify_password,
)
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources

REGISTER, TOKEN = "/api/v1/auth/register", "/api/v1/auth/token"
PASSWORD = "tr0ub4dor-and-three"  # noqa: S105 - of nobody


AS_SERVED = passwords._argon2
"""Hashes as the service does: `hashing_is_cheap` changes this for other tests."""


@pytest.fixture
def as_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash as the service does."""
    monkeypatch.setattr(passwords, "_argon2", AS_SERVED)


@pytest.mark.usefixtures("as_served")
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
    first, second = (
        await hash_password(password, "ada"),
        await hash_password(password, "ada"),
    )
    assert first != second
    assert await verify_password(password, first)
    assert not await verify_password(SecretStr(PASSWORD[:-1]), first)
    assert not await verify_password(password, None)


TRIED_FIRST = [
    "password12",
    "Password123!",
    "P@ssw0rd2024",
    "1234567890",
    "qwertyuiop",
    "1q2w3e4r5t",
    "iloveyou123",
    "basketball",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "hunter2hunter2",
    "passwort1234",
]
LIKE_THE_NAME = [
    "alexandria",
    "Alexandria99",
    "xx-alexandria-x9",
    "alexandria!Alexandria",
]


@pytest.mark.parametrize("password", TRIED_FIRST + LIKE_THE_NAME)
async def test_a_password_that_attackers_try_first_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword) as caught:
        await hash_password(SecretStr(password), "alexandria")
    assert password not in caught.value.message


async def test_nobody_registers_with_a_weak_password(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    for password in (TRIED_FIRST[0], LIKE_THE_NAME[0]):
        account = {"username": "alexandria", "password": password}
        answer = await client.post(REGISTER, json=account)
        assert (answer.status_code, answer.json()["code"]) == (400, "weak_password")
    assert await session.scalar(select(func.count()).select_from(User)) == 0


@pytest.mark.parametrize("length", [9, 10])
async def test_ten_characters_are_needed(
    client: httpx2.AsyncClient, length: int
) -> None:
    # As they are stored: a letter and its accent are one.
    password = "xkqvzjwpöb"[10 - length :].replace("ö", "o\u0308")
    account = {"username": "ada", "password": password}
    answer = await client.post(REGISTER, json=account)
    assert answer.status_code == (201 if length == 10 else 422)


async def test_a_name_in_another_script_is_found_in_its_password(
    client: httpx2.AsyncClient,
) -> None:
    account = {"username": "Ёжикова", "password": "ёжикова-ЁЖИКОВА"}
    answer = await client.post(REGISTER, json=account)
    assert (answer.status_code, answer.json()["code"]) == (400, "weak_password")


@pytest.mark.parametrize("new", ["password12", "alexandria1"])
async def test_a_changed_password_must_be_as_strong(
    client: httpx2.AsyncClient, resources: Resources, new: str
) -> None:
    user = await sign_in(resources, username="alexandria", password_hash=HASHED)
    change = {"current_password": FACTORY_PASSWORD, "new_password": new}
    answer = await client.post(
        "/api/v1/auth/me/password", json=change, headers=user.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "weak_password")
    me = await client.get("/api/v1/auth/me", headers=user.headers)
    assert me.status_code == 200


async def test_an_existing_account_with_such_a_password_can_sign_in(
    client: httpx2.AsyncClient, session: AsyncSession
) -> None:
    hashed = PasswordHash(
        [Argon2Hasher(memory_cost=8, time_cost=1, parallelism=1)]
    ).hash("short")
    await make_user(session, username="ada", password_hash=hashed)
    signed_in = await client.post(TOKEN, data={"username": "ada", "password": "short"})
    assert signed_in.status_code == 200


@pytest.fixture
async def people(as_served: None, cloned_resources: Resources) -> list[str]:
    """The names of six users with the same password."""
    hashed = await hash_password(SecretStr(PASSWORD), "ada")
    names = [f"user-{number}" for number in range(6)]
    async with cloned_resources.database.session() as session:
        for name in names:
            await make_user(session, username=name, password_hash=hashed)
    return names


async def test_too_many_waiting_passwords_are_refused() -> None:
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


async def test_the_event_loop_runs_while_two_threads_hash(
    make_client: MakeClient, cloned_resources: Resources, people: list[str]
) -> None:
    client = make_client(cloned_resources)
    in_loop, in_all = time.thread_time(), time.process_time()
    signing_in = asyncio.gather(
        *(
            client.post(TOKEN, data={"username": name, "password": PASSWORD})
            for name in people
        )
    )
    most_threads = 0
    while not signing_in.done():
        await asyncio.sleep(0.001)
        hashing = [one for one in threading.enumerate() if "argon2" in one.name]
        most_threads = max(most_threads, len(hashing))
    assert [answer.status_code for answer in await signing_in] == [200] * len(people)
    in_loop, in_all = time.thread_time() - in_loop, time.process_time() - in_all
    # Hashing on the loop would leave hardly any time of the processor to other threads.
    assert in_loop < 0.8 * in_all
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
