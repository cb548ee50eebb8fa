"""What administrators can do with accounts, and that the last one stays one."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from sqlalchemy import func

from tests.auth.factories import (
    HASHED,
    PASSWORD,
    SignedIn,
    bearer,
    make_personal_token,
    make_session,
    make_user,
    sign_in,
)
from tests.conftest import Configure, MakeClient
from unwrapped.auth.models import Role, User
from unwrapped.auth.service import UserService
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.process_resources import Resources

PEOPLE = "/api/v1/auth/people"
NEW = "four odd words apart"
PROOF = {"your_password": PASSWORD}

type Ask = Callable[..., Awaitable[httpx2.Response]]


@pytest.fixture
async def admin(resources: Resources) -> SignedIn:
    """An administrator with a password."""
    return await sign_in(
        resources, username="ada", role="administrator", password_hash=HASHED
    )


@pytest.fixture
async def bob(resources: Resources) -> SignedIn:
    """A listener."""
    return await sign_in(resources, username="bob", password_hash=HASHED)


@pytest.fixture
def ask(client: httpx2.AsyncClient, admin: SignedIn) -> Ask:
    """Send a request of the administrator."""

    async def send(method: str, path: str = "", body: object = None) -> httpx2.Response:
        return await client.request(
            method, f"{PEOPLE}{path}", json=body, headers=admin.headers
        )

    return send


async def role_of(resources: Resources, user_id: int) -> Role:
    async with resources.database.session() as session:
        return Role((await UserService(session).get_user(user_id)).role)


async def is_in(client: httpx2.AsyncClient, headers: dict[str, str]) -> bool:
    answer = await client.get("/api/v1/auth/me", headers=headers)
    return answer.status_code == 200


async def signs_in(client: httpx2.AsyncClient, username: str, password: str) -> int:
    form = {"username": username, "password": password}
    return (await client.post("/api/v1/auth/token", data=form)).status_code


async def test_the_first_account_administers_and_the_second_does_not(
    make_client: MakeClient, cloned_resources: Resources, configure: Configure
) -> None:
    configure(AuthSettings, registration="open")
    client = make_client(cloned_resources)
    names = [f"user-{number}" for number in range(4)]
    await asyncio.gather(
        *(
            client.post(
                "/api/v1/auth/register", json={"username": name, "password": NEW}
            )
            for name in names
        )
    )
    roles = [await role_of(cloned_resources, number) for number in range(1, 5)]
    assert roles.count(Role.ADMINISTRATOR) == 1


async def test_accounts_are_created_and_listed(
    ask: Ask, client: httpx2.AsyncClient
) -> None:
    made = await ask("POST", body={"username": "Bob", "password": NEW})
    assert made.status_code == 201
    person = made.json()
    assert (person["role"], person["signed_in_at"]) == ("listener", None)
    assert await signs_in(client, "bob", NEW) == 200
    listed = (await ask("GET")).json()["items"]
    assert [one["username"] for one in listed] == ["Bob", "ada"]
    assert listed[0]["signed_in_at"] is not None
    assert (await ask("GET", f"/{person['id']}")).json() == listed[0]
    first = (await ask("GET", "?limit=1")).json()
    rest = (await ask("GET", f"?limit=1&cursor={first['next_cursor']}")).json()
    assert [one["username"] for one in rest["items"]] == ["ada"]
    taken = await ask("POST", body={"username": "BOB", "password": NEW})
    assert taken.json()["code"] == "username_taken"
    weak = await ask("POST", body={"username": "cleo", "password": "password123"})
    assert weak.json()["code"] == "weak_password"
    assert (await ask("GET", "/999999")).status_code == 404
    assert (await ask("GET", f"/{2**63}")).status_code == 422


async def test_a_disabled_person_is_signed_out_everywhere_at_once(
    ask: Ask, client: httpx2.AsyncClient, resources: Resources, bob: SignedIn
) -> None:
    async with resources.database.session() as session:
        token = bearer(await make_personal_token(session, bob.id))
    assert await is_in(client, bob.headers)
    assert await is_in(client, token)
    disabled = await ask("POST", f"/{bob.id}/disable")
    assert disabled.json()["disabled_at"] is not None
    assert not await is_in(client, bob.headers)
    assert not await is_in(client, token)
    assert await signs_in(client, "bob", PASSWORD) == 403
    again = await ask("POST", f"/{bob.id}/disable")
    assert again.json()["disabled_at"] == disabled.json()["disabled_at"]
    enabled = await ask("POST", f"/{bob.id}/enable")
    assert enabled.json()["disabled_at"] is None
    # The sessions have ended; a personal token is valid again.
    assert not await is_in(client, bob.headers)
    assert await is_in(client, token)
    assert await signs_in(client, "bob", PASSWORD) == 200


async def test_a_new_password_ends_sessions_and_personal_tokens(
    ask: Ask, client: httpx2.AsyncClient, resources: Resources, bob: SignedIn
) -> None:
    async with resources.database.session() as session:
        token = bearer(await make_personal_token(session, bob.id))
    path = f"/{bob.id}/password"
    for wrong in ({}, {"your_password": "not this one at all"}):
        refused = await ask("PUT", path, {"new_password": NEW} | wrong)
        assert refused.json()["code"] == "wrong_credentials"
    assert await is_in(client, token)
    assert (await ask("PUT", path, {"new_password": NEW} | PROOF)).status_code == 204
    for old in (bob.headers, token):
        assert not await is_in(client, old)
    assert await signs_in(client, "bob", PASSWORD) == 401
    assert await signs_in(client, "bob", NEW) == 200
    weak = await ask("PUT", path, {"new_password": "password123"} | PROOF)
    assert weak.json()["code"] == "weak_password"


async def test_the_callers_own_password_needs_the_current_one(
    ask: Ask, admin: SignedIn
) -> None:
    body = {"new_password": NEW} | PROOF
    refused = await ask("PUT", f"/{admin.id}/password", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "own_password")


async def test_a_role_is_passed_on_and_given_up(
    ask: Ask, client: httpx2.AsyncClient, admin: SignedIn, bob: SignedIn
) -> None:
    give = {"role": "administrator"}
    unproven = await ask("PUT", f"/{bob.id}/role", give)
    assert unproven.json()["code"] == "wrong_credentials"
    handed = await ask("PUT", f"/{bob.id}/role", give | PROOF)
    assert handed.json()["role"] == "administrator"
    as_bob = await client.get(PEOPLE, headers=bob.headers)
    assert as_bob.status_code == 200
    up = await ask("PUT", f"/{admin.id}/role", {"role": "listener"} | PROOF)
    assert up.json()["role"] == "listener"
    assert (await ask("GET")).status_code == 403


async def test_the_last_administrator_stays_one(
    ask: Ask, resources: Resources, admin: SignedIn, bob: SignedIn
) -> None:
    async with resources.database.session() as session:
        # An administrator who cannot sign in does not count.
        await make_user(session, role="administrator", disabled_at=func.now())
    for method, path, body in (
        ("POST", f"/{admin.id}/disable", None),
        ("PUT", f"/{admin.id}/role", {"role": "listener"} | PROOF),
    ):
        refused = await ask(method, path, body)
        assert (refused.status_code, refused.json()["code"]) == (409, "last_administrator")  # fmt: skip
    assert (await ask("POST", f"/{bob.id}/disable")).status_code == 200
    assert await role_of(resources, admin.id) is Role.ADMINISTRATOR


async def test_of_two_administrators_who_demote_each_other_one_stays(
    make_client: MakeClient, cloned_resources: Resources
) -> None:
    client = make_client(cloned_resources)
    both = [
        await sign_in(cloned_resources, username=name, role="administrator")
        for name in ("ada", "eve")
    ]
    answers = await asyncio.gather(
        *(
            client.post(f"{PEOPLE}/{other.id}/disable", headers=one.headers)
            for one, other in zip(both, both[::-1], strict=True)
        )
    )
    assert sorted(one.status_code for one in answers) in ([200, 401], [200, 403])
    async with cloned_resources.database.session() as session:
        users = [await session.get(User, one.id) for one in both]
    assert [user and user.disabled_at is None for user in users].count(True) == 1


async def test_a_switch_opens_and_closes_registration_unless_it_is_set(
    ask: Ask, client: httpx2.AsyncClient, configure: Configure
) -> None:
    configure(AuthSettings, registration="")
    account = {"username": "eve", "password": NEW}
    before = (await ask("GET", "/registration")).json()
    assert before == {"is_open": False, "decided_by": "address"}
    closed = await client.post("/api/v1/auth/register", json=account)
    assert closed.json()["code"] == "registration_closed"
    for is_open in (False, True):
        changed = await ask("PUT", "/registration", {"is_open": is_open})
        assert changed.json() == {"is_open": is_open, "decided_by": "switch"}
        assert (await ask("GET", "/registration")).json() == changed.json()
    made = await client.post("/api/v1/auth/register", json=account)
    assert made.status_code == 201
    # The operator's setting overrides the switch.
    configure(AuthSettings, registration="closed")
    held = (await ask("GET", "/registration")).json()
    assert held == {"is_open": False, "decided_by": "setting"}
    refused = await ask("PUT", "/registration", {"is_open": True})
    assert (refused.status_code, refused.json()["code"]) == (409, "registration_set")
    third = await client.post(
        "/api/v1/auth/register", json=account | {"username": "cleo"}
    )
    assert third.json()["code"] == "registration_closed"


async def test_a_sign_in_is_recorded_and_does_not_change_the_account(
    client: httpx2.AsyncClient, resources: Resources, bob: SignedIn
) -> None:
    async with resources.database.session() as session:
        before = await UserService(session).get_user(bob.id)
        await make_session(session, bob.id)
    assert before.signed_in_at is None
    assert await signs_in(client, "bob", PASSWORD) == 200
    async with resources.database.session() as session:
        after = await UserService(session).get_user(bob.id)
    assert after.signed_in_at is not None
    assert after.updated_at == before.updated_at
