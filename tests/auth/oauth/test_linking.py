"""Linking an account at a provider to one's own, and unlinking it."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import HASHED, cookie, make_user, make_web_session, sign_in
from tests.auth.oauth.browser import AUTH, LINK, Browser
from tests.auth.origins import ELSEWHERE, FROM_OWN_PAGE
from tests.conftest import Configure
from tests.sandbox.running import GRETA, ODO
from unwrapped.auth.models import (
    LinkedAccount,
    ProviderToken,
    User,
    UserSession,
)
from unwrapped.auth.oauth.cookie import COOKIE as STATE_COOKIE
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.auth.sessions.cookie import COOKIE
from unwrapped.core.process_resources import Resources

LINKED = "linked-accounts"


@pytest.fixture
async def ada(session: AsyncSession, browser: Browser) -> int:
    """The id of the person that the browser is signed in as."""
    user = await make_user(session, username="ada", password_hash=HASHED)
    secret = await make_web_session(session, user.id or 0)
    browser.carry(COOKIE, secret)
    return user.id or 0


async def test_a_linked_account_signs_its_person_in(
    browser: Browser, ada: int, session: AsyncSession
) -> None:
    answer = await browser.link(next="/docs")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/docs")
    [account] = (await browser.get(LINKED)).json()
    assert (account["provider"], account["display_name"]) == (
        "spotify",
        "Greta Quayloom",
    )
    assert account["access"] is None
    browser.client.cookies.clear()
    await browser.sign_in()
    assert await browser.username() == "ada"
    assert await session.scalar(select(func.count()).select_from(User)) == 1
    assert ada


async def test_linking_changes_the_session(browser: Browser, ada: int) -> None:
    before = browser.session
    await browser.link()
    assert browser.session != before
    assert await browser.username() == "ada"
    old = await browser.client.get(f"{AUTH}/me", headers=cookie(before or ""))
    assert old.status_code == 401
    assert ada


async def test_access_is_requested_and_stored_if_wanted(
    browser: Browser, ada: int, session: AsyncSession
) -> None:
    url = await browser.begin_link(access=True)
    assert "scope=user-read-recently-played" in url
    await browser.come_back(browser.agree(url))
    [account] = (await browser.get(LINKED)).json()
    access = account["access"]
    assert access["scopes"] == ["user-read-recently-played"]
    assert access["reconnect_since"] is None
    granted, ends = (
        datetime.fromisoformat(access[name]) for name in ("granted_at", "ends_at")
    )
    assert ends - granted == timedelta(days=180)
    token = await session.scalar(select(ProviderToken))
    assert token is not None
    assert token.refresh_token is not None
    assert ada


async def test_access_can_be_granted_later_and_again(
    browser: Browser, ada: int, session: AsyncSession
) -> None:
    for access in (False, True, True, False):
        assert (await browser.link(access=access)).status_code == 303
    assert await session.scalar(select(func.count()).select_from(ProviderToken)) == 1
    assert await session.scalar(select(func.count()).select_from(LinkedAccount)) == 1
    assert ada


async def test_the_linked_account_of_somebody_else_is_refused(
    browser: Browser, session: AsyncSession
) -> None:
    await browser.sign_in()
    greta = await browser.username()
    browser.client.cookies.clear()
    user = await make_user(session, username="ada", password_hash=HASHED)
    browser.carry(COOKIE, await make_web_session(session, user.id or 0))
    refused = await browser.link()
    assert (refused.status_code, refused.json()["code"]) == (409, "account_taken")
    assert await browser.username() == "ada"
    assert (await browser.get(LINKED)).json() == []
    browser.client.cookies.clear()
    await browser.sign_in()
    assert await browser.username() == greta


async def test_a_second_account_of_a_provider_is_refused(
    browser: Browser, ada: int
) -> None:
    await browser.link(GRETA)
    refused = await browser.link(ODO)
    assert (refused.status_code, refused.json()["code"]) == (409, "already_linked")
    [account] = (await browser.get(LINKED)).json()
    assert account["display_name"] == "Greta Quayloom"
    assert ada


async def test_a_page_of_another_site_cannot_begin_a_link(
    browser: Browser, ada: int
) -> None:
    for where, headers in ELSEWHERE.items():
        refused = await browser.client.post(LINK, json={}, headers=headers)
        assert refused.status_code == 403, where
        assert refused.json()["code"] == "cross_site", where
    assert ada


async def test_after_a_sign_out_nothing_is_linked(
    browser: Browser, ada: int, session: AsyncSession
) -> None:
    query = browser.agree(await browser.begin_link())
    await browser.delete("session")
    refused = await browser.come_back(query)
    assert (refused.status_code, refused.json()["code"]) == (400, "state_not_found")
    assert await session.scalar(select(func.count()).select_from(LinkedAccount)) == 0
    assert ada


@pytest.mark.parametrize("end", ["disabled", "idle"])
async def test_a_session_that_has_ended_links_nothing(
    browser: Browser, ada: int, session: AsyncSession, end: str
) -> None:
    query = browser.agree(await browser.begin_link())
    if end == "disabled":
        await session.execute(update(User).values(disabled_at=func.now()))
    else:
        long_ago = datetime.now(UTC) - timedelta(days=31)
        await session.execute(update(UserSession).values(last_used_at=long_ago))
    refused = await browser.come_back(query)
    assert (refused.status_code, refused.json()["code"]) == (400, "state_not_found")
    assert await session.scalar(select(func.count()).select_from(LinkedAccount)) == 0
    assert ada


async def test_the_callback_needs_no_session_cookie(browser: Browser, ada: int) -> None:
    """The state identifies the person, even if the cookie was lost in the meantime."""
    query = browser.agree(await browser.begin_link())
    state = browser.state_secret
    browser.client.cookies.clear()
    browser.carry(STATE_COOKIE, state or "")
    assert (await browser.come_back(query)).status_code == 303
    assert await browser.username() == "ada"
    assert ada


async def test_an_api_client_links_and_keeps_its_session(
    browser: Browser, resources: Resources, session: AsyncSession
) -> None:
    signed = await sign_in(resources, username="ada", password_hash=HASHED)
    browser.headers = signed.headers
    answer = await browser.link(access=True)
    assert answer.status_code == 303
    assert browser.session is None
    assert len((await browser.get(LINKED)).json()) == 1


async def test_unlinking_deletes_the_account_and_its_tokens(
    browser: Browser, ada: int, session: AsyncSession
) -> None:
    await browser.link(access=True)
    assert (await browser.delete("spotify/link")).status_code == 204
    assert (await browser.get(LINKED)).json() == []
    for table in (LinkedAccount, ProviderToken):
        assert await session.scalar(select(func.count()).select_from(table)) == 0
    again = await browser.delete("spotify/link")
    assert (again.status_code, again.json()["code"]) == (404, "link_not_found")
    assert ada


async def test_the_only_way_to_sign_in_cannot_be_unlinked(
    browser: Browser, session: AsyncSession
) -> None:
    await browser.sign_in()
    refused = await browser.delete("spotify/link")
    assert (refused.status_code, refused.json()["code"]) == (409, "only_sign_in")
    assert len((await browser.get(LINKED)).json()) == 1


async def test_a_provider_whose_api_is_not_used_offers_no_access(
    browser: Browser, ada: int, configure: Configure
) -> None:
    home = {"issuer": "https://auth.example.org", "client_id": "unwrapped"}
    configure(OAuthSettings, oidc={"home": home})
    refused = await browser.client.post(
        f"{AUTH}/home/link", json={"access": True}, headers=FROM_OWN_PAGE
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "access_not_offered")
    assert ada


@attack(21, "unlink-others")
async def test_nobody_unlinks_the_account_of_another(
    browser: Browser, ada: int, session: AsyncSession
) -> None:
    await browser.link()
    eve = await make_user(session, username="eve", password_hash=HASHED)
    browser.client.cookies.clear()
    browser.carry(COOKIE, await make_web_session(session, eve.id or 0))
    refused = await browser.delete("spotify/link")
    assert (refused.status_code, refused.json()["code"]) == (404, "link_not_found")
    assert await session.scalar(select(col(LinkedAccount.user_id))) == ada
