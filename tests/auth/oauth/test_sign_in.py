"""Signing in with a provider, from the first click to the session."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from tests.attacks import attack
from tests.auth.factories import make_user
from tests.auth.oauth.browser import AUTH, Browser
from tests.conftest import Configure, MakeClient
from tests.sandbox.running import GRETA, ODO, Running
from unwrapped.auth.models import LinkedAccount, OAuthState, ProviderToken, User
from unwrapped.auth.oauth.browser_binding import BROWSER_SECRET, STATE, Secrets
from unwrapped.auth.oauth.callbacks import Callback
from unwrapped.auth.oauth.clients.client import Identity
from unwrapped.auth.oauth.providers import Providers
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.auth.oauth.sign_in import STARTS
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.exceptions import AppException
from unwrapped.core.postgres.rate_limits import network_of
from unwrapped.core.process_resources import Resources

type NewBrowser = Callable[[], Browser]


@pytest.fixture
def new_browser(
    spotify: Running, make_client: MakeClient, resources: Resources
) -> NewBrowser:
    """Makes further browsers."""
    return lambda: Browser(make_client(resources), spotify)


async def count(session: AsyncSession, table: type) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_the_providers_are_listed(browser: Browser) -> None:
    reply = (await browser.get("providers")).json()
    assert reply == [
        {
            "name": "spotify",
            "title": "Spotify (sandbox)",
            "login": "/api/v1/auth/spotify/login",
            "offers_access": True,
        }
    ]


async def test_without_settings_there_are_no_providers(
    make_client: MakeClient, resources: Resources
) -> None:
    client = make_client(resources)
    assert (await client.get(f"{AUTH}/providers")).json() == []
    refused = await client.get(f"{AUTH}/spotify/login")
    assert (refused.status_code, refused.json()["code"]) == (404, "provider_not_found")


async def test_somebody_new_gets_an_account(
    browser: Browser, session: AsyncSession
) -> None:
    answer = await browser.sign_in(next="/api/v1/auth/me")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/api/v1/auth/me")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    me = (await browser.get("me")).json()
    assert (me["username"], me["display_name"]) == ("GretaQuayloom", "Greta Quayloom")
    assert me["email"] is None
    account = await session.scalar(select(LinkedAccount))
    assert account is not None
    assert (account.provider, account.issuer) == ("spotify", browser.sandbox.address)
    # A sign-in requests no access, and stores no tokens.
    assert await count(session, ProviderToken) == 0
    assert await count(session, OAuthState) == 0


async def test_a_sign_in_asks_for_no_scope(browser: Browser) -> None:
    asked = parse_qs(urlsplit(await browser.begin()).query)
    assert "scope" not in asked
    assert asked["code_challenge_method"] == ["S256"]
    assert re.fullmatch(r"[\w-]{43}", asked["code_challenge"][0])


async def test_somebody_known_gets_the_same_account(
    browser: Browser, new_browser: NewBrowser, session: AsyncSession
) -> None:
    await browser.sign_in()
    other = new_browser()
    await other.sign_in()
    assert await other.username() == await browser.username() == "GretaQuayloom"
    assert other.session != browser.session
    third = new_browser()
    await third.sign_in(ODO)
    assert await third.username() == "OdoTarqwen"
    assert await count(session, User) == 2


async def test_a_taken_user_name_gets_a_suffix(
    browser: Browser, session: AsyncSession
) -> None:
    theirs = await make_user(session, username="gretaquayloom")
    await browser.sign_in()
    username = await browser.username()
    assert re.fullmatch(r"GretaQuayloom-\d{4}", username or "")
    account = await session.scalar(select(LinkedAccount))
    assert account is not None
    assert account.user_id != theirs.id


async def test_two_sign_ins_of_one_browser_are_independent(
    browser: Browser,
) -> None:
    first = await browser.begin()
    secret = browser.state_secret
    second = await browser.begin()
    assert browser.state_secret == secret
    for url in (first, second):
        answer = await browser.come_back(browser.agree(url))
        assert answer.status_code == 303


async def test_a_person_who_does_not_agree_gets_an_error(
    browser: Browser, session: AsyncSession
) -> None:
    url = await browser.begin()
    location = browser.sandbox.decide(url, GRETA, "refuse").headers["Location"]
    answer = await browser.come_back(location.partition("?")[2])
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_declined")
    assert await browser.username() is None
    assert await count(session, User) == 0


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/json", "application/problem+json"),
    ],
    ids=["people", "programs"],
)
async def test_browsers_get_an_error_page_and_programs_a_problem(
    browser: Browser, accept: str, media_type: str
) -> None:
    answer = await browser.come_back("code=x&state=y", Accept=accept)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == media_type
    assert "did not begin in this browser" in answer.text
    assert "script" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("setting", ["closed", ""], ids=["closed", "unset"])
async def test_a_closed_server_accepts_only_the_first_account(
    browser: Browser,
    new_browser: NewBrowser,
    configure: Configure,
    session: AsyncSession,
    setting: str,
) -> None:
    configure(AuthSettings, registration=setting)
    assert (await browser.sign_in()).status_code == 303
    other = new_browser()
    refused = await other.sign_in(ODO)
    assert (refused.status_code, refused.json()["code"]) == (403, "registration_closed")
    assert await other.username() is None
    assert await count(session, User) == 1
    # A person with an account can still sign in.
    assert (await other.sign_in(GRETA)).status_code == 303


@attack(42, "sign-in-through-an-unknown-proxy")
@pytest.mark.parametrize("setting", ["open", ""], ids=["open", "unset"])
async def test_through_an_unknown_proxy_nobody_new_signs_in(
    browser: Browser,
    configure: Configure,
    session: AsyncSession,
    setting: str,
) -> None:
    configure(AuthSettings, registration=setting)
    query = browser.agree(await browser.begin())
    refused = await browser.come_back(query, Via="1.1 proxy")
    assert (refused.status_code, refused.json()["code"]) == (403, "unknown_proxy")
    assert await count(session, User) == 0
    assert (await browser.sign_in()).status_code == 303
    # A person with an account can still sign in.
    query = browser.agree(await browser.begin())
    assert (await browser.come_back(query, Via="1.1 proxy")).status_code == 303


async def test_a_disabled_account_cannot_sign_in(
    browser: Browser, session: AsyncSession
) -> None:
    await browser.sign_in()
    user = await session.scalar(select(User))
    assert user is not None
    user.disabled_at = func.now()
    await session.flush()
    refused = await browser.sign_in()
    assert (refused.status_code, refused.json()["code"]) == (403, "account_disabled")


@pytest.mark.parametrize(
    ("client_id", "code"),
    [
        ("sandbox-code-503", "service_failing"),
        ("sandbox-code-429", "service_overloaded"),
        ("sandbox-code-html", "unexpected_answer"),
        ("sandbox-code-half-json", "unexpected_answer"),
        ("sandbox-code-truncated", "service_unreachable"),
        ("sandbox-code-huge", "unexpected_answer"),
        ("sandbox-code-redirect", "unexpected_answer"),
        ("sandbox-500", "service_failing"),
        ("sandbox-odd", "unexpected_answer"),
        ("sandbox-204", "unexpected_answer"),
        ("sandbox-401", "sign_in_refused"),
        ("sandbox-quota", "service_overloaded"),
    ],
)
async def test_an_error_of_the_provider_has_a_code(
    spotify: Running, configure: Configure, client_id: str, code: str
) -> None:
    configure(OAuthSettings, oauth_client_id=client_id)
    providers = Providers(configure.of(OAuthSettings), None)
    secrets = Secrets(STATE.create(), BROWSER_SECRET.create())
    client = providers.get("spotify")

    async def sign_in() -> Identity:
        url = await client.get_auth_url(secrets, ())
        query = spotify.sign_in(url, GRETA).partition("?")[2]
        agreed = Callback.parse(query.encode()).require_code()
        token = await client.exchange_code_for_token(agreed, secrets.verifier)
        return await client.identify(token, secrets.nonce)

    with pytest.raises(AppException) as caught:
        await sign_in()
    await providers.aclose()
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("client_id", "status", "code"),
    [
        ("sandbox-code-odd", 502, "unexpected_answer"),
        ("sandbox-403", 400, "not_on_the_list"),
        ("sandbox-iss-wrong", 400, "sign_in_refused"),
        ("sandbox-revoked", 400, "sign_in_refused"),
    ],
)
async def test_an_error_of_the_provider_signs_nobody_in(
    browser: Browser,
    session: AsyncSession,
    configure: Configure,
    client_id: str,
    status: int,
    code: str,
) -> None:
    configure(OAuthSettings, oauth_client_id=client_id)
    answer = await browser.sign_in()
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert browser.session is None
    assert await count(session, User) == 0


@pytest.mark.parametrize("client_id", ["sandbox-iss", "sandbox-503-once"])
async def test_a_named_issuer_and_a_single_failure_are_accepted(
    browser: Browser, configure: Configure, client_id: str
) -> None:
    configure(OAuthSettings, oauth_client_id=client_id)
    assert (await browser.sign_in()).status_code == 303


async def test_a_wrong_secret_of_the_server_is_502_and_is_not_shown(
    browser: Browser, configure: Configure
) -> None:
    configure(OAuthSettings, oauth_client_secret="hunter2-of-ada")  # noqa: S106 - of nobody
    answer = await browser.sign_in()
    assert (answer.status_code, answer.json()["code"]) == (502, "provider_refuses")
    assert "invalid_client" in answer.json()["detail"]
    assert "hunter2" not in answer.text


async def test_starts_from_one_address_are_limited(
    browser: Browser, resources: Resources
) -> None:
    assert STARTS.hits == 60
    for _ in range(STARTS.hits - 1):
        await resources.limiter.hit(STARTS, network_of("127.0.0.1"))
    statuses = [
        (await browser.client.get(f"{AUTH}/spotify/login")).status_code
        for _ in range(2)
    ]
    assert statuses == [303, 429]


async def test_the_account_of_a_provider_signs_in_one_person(
    browser: Browser, session: AsyncSession
) -> None:
    await browser.sign_in()
    rows = await session.scalars(select(col(LinkedAccount.subject)))
    [subject] = rows.all()
    assert "greta" not in subject.lower(), "account_id, not the user name"
