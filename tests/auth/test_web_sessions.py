"""The web page's sign-in: a cookie, which no page from elsewhere can use."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
from sqlalchemy import Delete, Update, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import (
    HASHED,
    PASSWORD,
    cookie,
    make_session,
    make_user,
    make_web_session,
    sign_in,
)
from tests.auth.origins import ELSEWHERE, FROM_OWN_PAGE
from tests.auth.session_ends import SESSION_ENDS
from unwrapped.auth.models import UserSession
from unwrapped.auth.sessions.caller_lookup import COOKIE_SECRET
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.core.postgres.rate_limits import rate_limit
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token

ME, SESSION, TOKEN = "/api/v1/auth/me", "/api/v1/auth/session", "/api/v1/auth/token"
ADA = {"username": "ada", "password": PASSWORD}
SET = re.compile(
    r"__Host-Http-session=(?P<secret>unwrapped_ws_[0-9A-Za-z]{49}); HttpOnly;"
    r" Max-Age=7776000; Path=/; SameSite=lax; Secure"
)


@pytest.fixture
async def ada(session: AsyncSession) -> int:
    """The id of somebody with a password."""
    user = await make_user(session, username="ada", password_hash=HASHED)
    return user.id or 0


async def post_sign_in(
    client: httpx2.AsyncClient,
    headers: dict[str, str] = FROM_OWN_PAGE,
    over: Mapping[str, str] = ADA,
) -> httpx2.Response:
    """Sign in as a browser that keeps no cookie but those given."""
    answer = await client.post(SESSION, json={**ADA, **over}, headers=headers)
    client.cookies.clear()
    return answer


def secret_in(answer: httpx2.Response) -> str:
    """The secret that a browser is to keep."""
    reply, _ = answer.headers.get_list("Set-Cookie")
    match = SET.fullmatch(reply)
    assert match, reply
    return match["secret"]


async def status_of(client: httpx2.AsyncClient, secret: str) -> int:
    """Return the status of a request with this cookie."""
    return (await client.get(ME, headers=cookie(secret))).status_code


async def test_the_browser_gets_a_cookie_and_nothing_else(
    client: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    answer = await post_sign_in(client)
    assert (answer.status_code, answer.content) == (204, b"")
    me = await client.get(ME, headers=cookie(secret_in(answer)))
    assert me.json()["id"] == ada
    [kept] = await session.scalars(select(UserSession))
    assert kept.secret_hash == hash_token(secret_in(answer))
    assert kept.expires_at - kept.last_used_at == timedelta(days=90)


async def test_a_browser_that_keeps_the_cookie_stays_signed_in(
    client: httpx2.AsyncClient, ada: int
) -> None:
    client.headers.update(FROM_OWN_PAGE)
    await client.post(SESSION, json=ADA)
    changed = await client.patch(ME, json={"display_name": "Countess"})
    assert changed.json()["display_name"] == "Countess"
    await client.delete(SESSION)
    assert COOKIE not in client.cookies
    assert (await client.get(ME)).status_code == 401


@attack(40, "web-sign-in")
async def test_wrong_credentials_are_shown_as_to_api_clients(
    client: httpx2.AsyncClient, ada: int
) -> None:
    as_client = await client.post(TOKEN, data=ADA | {"password": "wrong"})
    for over in ({"password": "wrong"}, {"username": "nobody"}, {"username": "\x00"}):
        answer = await post_sign_in(client, over=over)
        assert (answer.status_code, answer.content) == (401, as_client.content)
        assert "Set-Cookie" not in answer.headers


@attack(18, "sign-in")
async def test_a_page_of_another_site_signs_nobody_in(
    client: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    for name, elsewhere in ELSEWHERE.items():
        answer = await post_sign_in(client, elsewhere)
        assert (answer.status_code, answer.json()["code"]) == (403, "cross_site"), name
        assert "Set-Cookie" not in answer.headers
    for table in (UserSession, rate_limit):
        assert await session.scalar(select(func.count()).select_from(table)) == 0


@attack(17, "sign-in")
async def test_signing_in_ends_the_session_that_the_cookie_had(
    client: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    stranger = await make_user(session)
    for owner in (ada, stranger.id or 0):
        old = await make_web_session(session, owner)
        new = secret_in(await post_sign_in(client, FROM_OWN_PAGE | cookie(old)))
        assert new != old
        assert (await status_of(client, old), await status_of(client, new)) == (
            401,
            200,
        )


@attack(17, "planted-cookie")
async def test_a_planted_cookie_is_not_adopted(
    client: httpx2.AsyncClient, ada: int
) -> None:
    for planted in ("", "x", COOKIE_SECRET.create(), "x" * 9000):
        answer = await post_sign_in(client, FROM_OWN_PAGE | cookie(planted))
        assert secret_in(answer) != planted
        client.cookies.clear()
        assert await status_of(client, planted) == 401


@attack(17, "failed-sign-in")
async def test_a_failed_sign_in_ends_nothing(
    client: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    old = await make_web_session(session, ada)
    await post_sign_in(client, FROM_OWN_PAGE | cookie(old), over={"password": "wrong"})
    assert await status_of(client, old) == 200


async def test_a_sign_out_ends_the_session(
    client: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    secret, other = [await make_web_session(session, ada) for _ in range(2)]
    answer = await client.delete(SESSION, headers=FROM_OWN_PAGE | cookie(secret))
    assert answer.status_code == 204
    [reply] = answer.headers.get_list("Set-Cookie")
    assert re.fullmatch(
        r'__Host-Http-session=""; expires=[^;]+ GMT; HttpOnly; Max-Age=0; Path=/;'
        r" SameSite=lax; Secure",
        reply,
    )
    assert (await status_of(client, secret), await status_of(client, other)) == (
        401,
        200,
    )


async def test_an_api_client_can_sign_out(
    client: httpx2.AsyncClient, resources: Resources
) -> None:
    user = await sign_in(resources)
    answer = await client.delete(SESSION, headers=user.headers)
    assert answer.status_code == 204
    assert (await client.get(ME, headers=user.headers)).status_code == 401


@attack(15, "cookie")
@pytest.mark.parametrize("ending", SESSION_ENDS)
async def test_a_session_ends_at_the_next_request(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    ada: int,
    ending: Delete | Update,
) -> None:
    secret = await make_web_session(session, ada)
    assert await status_of(client, secret) == 200
    await session.execute(ending)
    after = await client.get(ME, headers=cookie(secret))
    assert (after.status_code, after.content) == (401, (await client.get(ME)).content)


@attack(50, "hash-as-cookie")
async def test_stored_hashes_are_no_credentials(
    client: httpx2.AsyncClient, session: AsyncSession, ada: int
) -> None:
    secret = await make_web_session(session, ada)
    for wrong in (hash_token(secret), secret[:-1], secret + "x", "", "' OR 1=1 --"):
        assert await status_of(client, wrong) == 401


async def test_a_cookie_is_no_bearer_token_and_a_token_is_no_cookie(
    client: httpx2.AsyncClient, session: AsyncSession, resources: Resources, ada: int
) -> None:
    secret = await make_web_session(session, ada)
    as_bearer = await client.get(ME, headers={"Authorization": f"Bearer {secret}"})
    assert as_bearer.status_code == 401
    token = resources.signer.create_access_token(
        ada, (await make_session(session, ada)).id
    )
    as_cookie = await client.get(ME, headers={"Cookie": f"{COOKIE}={token}"})
    assert as_cookie.status_code == 401


@pytest.mark.parametrize(
    ("unused_for", "is_noted"),
    [(timedelta(minutes=59), False), (timedelta(minutes=61), True)],
    ids=["within the hour", "after it"],
)
async def test_the_last_use_is_known_to_the_hour(
    client: httpx2.AsyncClient,
    session: AsyncSession,
    ada: int,
    unused_for: timedelta,
    is_noted: bool,
) -> None:
    before = datetime.now(UTC) - unused_for
    secret = await make_web_session(session, ada, last_used_at=before)
    assert await status_of(client, secret) == 200
    noted = await session.scalar(select(col(UserSession.last_used_at)))
    assert noted is not None
    assert (noted > before) == is_noted
