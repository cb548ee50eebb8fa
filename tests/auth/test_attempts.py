"""Attempts to sign in are limited, and lock nobody out."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from tests.auth.factories import HASHED, PASSWORD, SignedIn, sign_in
from tests.auth.origins import FROM_OWN_PAGE
from tests.conftest import Configure
from tests.declared import checked
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.postgres.rate_limits import rate_limit
from unwrapped.core.process_resources import Resources

ME, CHANGE = "/api/v1/auth/me", "/api/v1/auth/me/password"
DELETE = "/api/v1/auth/me/delete"
TOKEN, SESSION = "/api/v1/auth/token", "/api/v1/auth/session"
WRONG = "wrong horse battery"
MOST = 3


@pytest.fixture(autouse=True)
def few(configure: Configure) -> None:
    """Allow few attempts, so that few passwords must be hashed."""
    configure(
        AuthSettings,
        sign_ins_per_account=MOST,
        sign_ins_per_browser=MOST,
        passwords_per_owner=MOST,
        sign_ins_per_address=1000,
    )


@pytest.fixture
async def ada(resources: Resources) -> SignedIn:
    """Somebody with a password, who is signed in."""
    return await sign_in(resources, username="ada", password_hash=HASHED)


async def attempt(
    client: httpx2.AsyncClient, username: str = "ada", password: str = WRONG
) -> httpx2.Response:
    """Try a password."""
    form = {"username": username, "password": password}
    return await client.post(TOKEN, data=form)


def assert_limited(answer: httpx2.Response, within: timedelta) -> None:
    """Check that the attempt was refused, with the time to wait."""
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 0 < int(answer.headers["Retry-After"]) <= within.total_seconds()


def without_seconds(answer: httpx2.Response) -> tuple[int, str]:
    """The status and text of an answer, without the seconds, which change."""
    return answer.status_code, re.sub(r"\d+ seconds", "… seconds", answer.text)


async def wait(session: AsyncSession, seconds: float) -> None:
    """Simulate that this time has passed."""
    earlier = rate_limit.c.theoretical_arrival - timedelta(seconds=seconds)
    await session.execute(update(rate_limit).values(theoretical_arrival=earlier))


@attack(41, "account")
async def test_too_many_attempts_on_an_account_are_refused(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    for _ in range(MOST):
        assert (await attempt(client)).status_code == 401
    assert_limited(await attempt(client), timedelta(minutes=5))
    right = await attempt(client, password=PASSWORD)
    assert_limited(right, timedelta(minutes=5))
    await wait(session, int(right.headers["Retry-After"]))
    assert (await attempt(client, password=PASSWORD)).status_code == 200


@attack(41, "who-is-signed-in")
async def test_attempts_of_others_end_no_session(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    for _ in range(MOST):
        await attempt(client)
    assert_limited(await attempt(client), timedelta(minutes=5))
    assert (await client.get(ME, headers=ada.headers)).status_code == 200


@attack(40, "limit")
async def test_attempts_on_an_unknown_account_are_refused_alike(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    heard = {
        username: [
            without_seconds(await attempt(client, username)) for _ in range(MOST + 2)
        ]
        for username in ("ada", "nobody", "\x00")
    }
    assert heard["ada"] == heard["nobody"] == heard["\x00"]
    assert [status for status, _ in heard["ada"]] == [401] * MOST + [429] * 2


async def test_the_right_password_clears_the_attempts_on_the_account(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    for _ in range(2):
        for _ in range(MOST - 1):
            assert (await attempt(client)).status_code == 401
        assert (await attempt(client, password=PASSWORD)).status_code == 200


@attack(41, "password-change")
async def test_passwords_tried_in_a_stolen_session_are_counted(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    change = {"current_password": WRONG, "new_password": PASSWORD}
    for _ in range(MOST):
        answer = await client.post(CHANGE, json=change, headers=ada.headers)
        assert answer.status_code == 401
    limited = await client.post(CHANGE, json=change, headers=ada.headers)
    assert_limited(limited, timedelta(minutes=5))
    deleting = await client.post(DELETE, json={"password": WRONG}, headers=ada.headers)
    assert_limited(deleting, timedelta(minutes=5))


@attack(41, "owner-changes-the-password")
async def test_the_owner_changes_the_password_while_the_account_is_hammered(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    await hammer(client)
    change = {"current_password": PASSWORD, "new_password": "four other horses"}
    changed = await client.post(CHANGE, json=change, headers=ada.headers)
    assert changed.status_code == 204


@attack(41, "owner-deletes-the-account")
async def test_the_owner_deletes_the_account_while_it_is_hammered(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    await hammer(client)
    proof = {"password": PASSWORD}
    deleted = await client.post(DELETE, json=proof, headers=ada.headers)
    assert deleted.status_code == 204


async def hammer(client: httpx2.AsyncClient) -> None:
    """Try the account until no unknown browser may sign in to it."""
    for _ in range(MOST):
        await attempt(client)
    assert_limited(await attempt(client, password=PASSWORD), timedelta(minutes=5))


async def on_the_web(
    client: httpx2.AsyncClient, password: str = WRONG
) -> httpx2.Response:
    """Try a password on the page."""
    given = {"username": "ada", "password": password}
    return await client.post(SESSION, json=given, headers=FROM_OWN_PAGE)


@attack(41, "known-browser")
async def test_a_browser_that_has_signed_in_before_is_counted_separately(
    client: httpx2.AsyncClient, app: FastAPI, ada: SignedIn
) -> None:
    assert (await on_the_web(client, PASSWORD)).status_code == 204
    client.cookies.delete(COOKIE)
    async with at(app, "198.51.100.9") as elsewhere:
        await hammer(elsewhere)
        assert (await on_the_web(client, PASSWORD)).status_code == 204
        for _ in range(MOST):
            assert (await on_the_web(client)).status_code == 401
        assert_limited(await on_the_web(client, PASSWORD), timedelta(minutes=5))


@attack(42, "another-account's-browser")
async def test_a_browser_known_to_one_account_is_unknown_to_another(
    client: httpx2.AsyncClient, resources: Resources, ada: SignedIn
) -> None:
    await sign_in(resources, username="eve", password_hash=HASHED)
    given = {"username": "eve", "password": PASSWORD}
    signed_in = await client.post(SESSION, json=given, headers=FROM_OWN_PAGE)
    assert signed_in.status_code == 204
    for _ in range(MOST):
        assert (await on_the_web(client)).status_code == 401
    assert_limited(await on_the_web(client), timedelta(minutes=5))


@attack(42, "spelling")
async def test_every_spelling_of_a_name_counts_for_one_account(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    for _ in range(MOST):
        await attempt(client, "Ada")
    for name in ("ada", "ADA", "aDa", "\uff41\uff44\uff41", "\U0001d538DA"):
        assert_limited(await attempt(client, name), timedelta(minutes=5))
    assert_limited(await on_the_web(client), timedelta(minutes=5))


@attack(42, "path")
async def test_no_other_path_avoids_the_limit(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    form = {"username": "ada", "password": PASSWORD}
    others = (f"{TOKEN}/", f"/{TOKEN}", TOKEN.upper(), f"{TOKEN}%2f", f"{TOKEN};x")
    for path in others:
        assert (await client.post(path, data=form)).status_code == 404, path


@asynccontextmanager
async def at(app: FastAPI, host: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client at this address. It does not start the application, whose resources are
    open already.
    """
    transport = httpx2.ASGITransport(app=checked(app), client=(host, 1))
    async with httpx2.AsyncClient(
        transport=transport, base_url="https://testserver"
    ) as client:
        yield client


@pytest.fixture
def few_by_address(configure: Configure) -> None:
    """Allow few attempts from one address, and many on one account."""
    configure(AuthSettings, sign_ins_per_account=1000)
    configure(AuthSettings, sign_ins_per_address=MOST)


@attack(41, "credential-stuffing")
@pytest.mark.usefixtures("few_by_address")
async def test_too_many_attempts_from_an_address_are_refused(
    client: httpx2.AsyncClient, app: FastAPI, ada: SignedIn
) -> None:
    for number in range(MOST):
        assert (await attempt(client, f"user {number}")).status_code == 401
    assert_limited(await attempt(client, "another"), timedelta(minutes=5))
    assert_limited(await on_the_web(client), timedelta(minutes=5))
    async with at(app, "198.51.100.9") as elsewhere:
        assert (await attempt(elsewhere, password=PASSWORD)).status_code == 200


@attack(41, "an-own-account")
@pytest.mark.usefixtures("few_by_address")
async def test_the_right_password_does_not_clear_the_attempts_of_the_address(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    for _ in range(MOST):
        assert (await attempt(client, password=PASSWORD)).status_code == 200
    assert_limited(await attempt(client, password=PASSWORD), timedelta(minutes=5))


@attack(41, "known-browser-at-the-address")
@pytest.mark.usefixtures("few_by_address")
async def test_a_known_browser_is_not_refused_with_its_address(
    client: httpx2.AsyncClient, ada: SignedIn
) -> None:
    assert (await on_the_web(client, PASSWORD)).status_code == 204
    for number in range(MOST - 1):
        await attempt(client, f"user {number}")
    assert_limited(await attempt(client), timedelta(minutes=5))
    assert (await on_the_web(client, PASSWORD)).status_code == 204


NETWORKS: dict[str, tuple[Callable[[int], str], bool]] = {
    "one-ipv6-network": (lambda number: f"2001:db8:1:2:{number}::1", True),
    "one-mapped-address": (
        lambda number: ("198.51.100.7", "::ffff:198.51.100.7")[number % 2],
        True,
    ),
    "other-ipv6-networks": (lambda number: f"2001:db8:1:{number}::1", False),
    "other-ipv4-addresses": (lambda number: f"198.51.100.{number}", False),
}


@pytest.mark.parametrize(
    ("host", "is_one"),
    [pytest.param(*case, id=f"attack-42-{name}") for name, case in NETWORKS.items()],
)
@pytest.mark.usefixtures("client", "few_by_address")
async def test_an_ipv6_network_counts_as_one_address(
    app: FastAPI, ada: SignedIn, host: Callable[[int], str], is_one: bool
) -> None:
    statuses = []
    for number in range(1, MOST + 2):
        async with at(app, host(number)) as client:
            statuses.append((await attempt(client)).status_code)
    assert statuses == [401] * MOST + [429 if is_one else 401]


@attack(50, "who-tried")
async def test_no_name_and_no_address_is_stored(
    client: httpx2.AsyncClient, session: AsyncSession, ada: SignedIn
) -> None:
    await attempt(client)
    keys = (await session.scalars(select(rate_limit.c.key))).all()
    assert len(keys) == 2
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in keys)
