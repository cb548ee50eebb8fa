"""A change of the password ends all sessions and personal tokens."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from tests.auth.factories import (
    HASHED,
    PASSWORD,
    bearer,
    cookie,
    make_personal_token,
    make_session,
    make_user,
    make_web_session,
    sign_in,
)
from tests.auth.origins import FROM_OWN_PAGE
from unwrapped.auth.models import UserSession
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.auth.sessions.refreshing import add_refresh_token
from unwrapped.core.process_resources import Resources

ME, CHANGE = "/api/v1/auth/me", "/api/v1/auth/me/password"
TOKEN = "/api/v1/auth/token"  # noqa: S105 - an address
NEW = "another horse battery"
TO_NEW = {"current_password": PASSWORD, "new_password": NEW}


@pytest.fixture
async def ada(session: AsyncSession) -> int:
    """The id of somebody with a password."""
    user = await make_user(session, username="ada", password_hash=HASHED)
    return user.id or 0


async def opens(client: httpx2.AsyncClient, password: str) -> bool:
    """Whether a password signs her in."""
    form = {"username": "ada", "password": password}
    return (await client.post(TOKEN, data=form)).status_code == 200


async def statuses(
    client: httpx2.AsyncClient, *credentials: dict[str, str]
) -> list[int]:
    """Request `/me` with each of the headers; return the statuses."""
    return [
        (await client.get(ME, headers=carried)).status_code for carried in credentials
    ]


@attack(17, "password-change")
@attack(15, "password-change")
async def test_all_sessions_and_tokens_end_and_the_page_continues(
    client: httpx2.AsyncClient, resources: Resources, session: AsyncSession, ada: int
) -> None:
    secret, other = [await make_web_session(session, ada) for _ in range(2)]
    api = await make_session(session, ada)
    refresh = add_refresh_token(session, api)
    await session.flush()
    access = resources.signer.create_access_token(ada, api.id)
    personal = await make_personal_token(session, ada)
    opened = [cookie(secret), cookie(other), bearer(access), bearer(personal)]
    assert await statuses(client, *opened) == [200] * 4

    headers = FROM_OWN_PAGE | cookie(secret)
    answer = await client.post(CHANGE, json=TO_NEW, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    new = client.cookies[COOKIE]
    client.cookies.clear()

    assert await statuses(client, *opened) == [401] * 4
    assert await statuses(client, cookie(new)) == [200]
    form = {"grant_type": "refresh_token", "refresh_token": refresh}
    assert (await client.post(TOKEN, data=form)).status_code == 401
    assert (await opens(client, PASSWORD), await opens(client, NEW)) == (False, True)


async def test_an_api_client_signs_in_again(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    user = await sign_in(resources, username="ada", password_hash=HASHED)
    answer = await client.post(CHANGE, json=TO_NEW, headers=user.headers)
    assert answer.status_code == 204
    assert "Set-Cookie" not in answer.headers
    assert await statuses(client, user.headers) == [401]
    assert await opens(client, NEW)


async def test_nobody_else_is_signed_out(
    client: httpx2.AsyncClient, resources: Resources, session: AsyncSession
) -> None:
    user = await sign_in(resources, username="ada", password_hash=HASHED)
    other = await sign_in(resources, password_hash=HASHED)
    personal = await make_personal_token(session, other.id)
    await client.post(CHANGE, json=TO_NEW, headers=user.headers)
    assert await statuses(client, other.headers, bearer(personal)) == [200, 200]


async def test_a_change_that_is_refused_changes_nothing(
    client: httpx2.AsyncClient, resources: Resources, session: AsyncSession
) -> None:
    user = await sign_in(resources, username="ada", password_hash=HASHED)
    changes: tuple[tuple[dict[str, object], int, str], ...] = (
        ({"current_password": "wrong"}, 401, "wrong_credentials"),
        ({"current_password": ""}, 401, "wrong_credentials"),
        ({"new_password": "short"}, 422, "malformed"),
        ({"new_password": "a" * 257}, 422, "malformed"),
        ({"new_password": None}, 422, "malformed"),
        ({"user_id": 1}, 422, "malformed"),
    )
    for change, status, code in changes:
        answer = await client.post(CHANGE, json=TO_NEW | change, headers=user.headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code), change
    assert await statuses(client, user.headers) == [200]
    assert await opens(client, PASSWORD)
    assert not await opens(client, NEW)
    left = await session.scalar(select(func.count()).select_from(UserSession))
    assert left == 2


@pytest.mark.parametrize(
    ("minutes", "status"), [(9, 204), (11, 403)], ids=["fresh", "stale"]
)
async def test_an_account_without_a_password_chooses_one_after_signing_in(
    client: httpx2.AsyncClient, session: AsyncSession, minutes: int, status: int
) -> None:
    user = await make_user(session, username="ada")
    began = datetime.now(UTC) - timedelta(minutes=minutes)
    secret = await make_web_session(session, user.id or 0, created_at=began)
    answer = await client.post(
        CHANGE, json={"new_password": NEW}, headers=FROM_OWN_PAGE | cookie(secret)
    )
    assert answer.status_code == status
    assert await opens(client, NEW) is (status == 204)
    if status == 403:
        assert answer.json()["code"] == "sign_in_again"


async def test_a_person_with_a_password_must_send_it(
    client: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    secret = await make_web_session(session, ada)
    answer = await client.post(
        CHANGE, json={"new_password": NEW}, headers=FROM_OWN_PAGE | cookie(secret)
    )
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")
