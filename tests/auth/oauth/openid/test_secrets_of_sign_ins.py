"""No secret of a sign-in is stored, logged, or valid for anything else."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.attacks import attack
from tests.auth.factories import bearer
from tests.auth.logs import Written
from tests.auth.oauth.browser import AUTH
from tests.auth.oauth.openid.provider import Provider
from tests.auth.oauth.openid.visitor import Visitor
from tests.auth.origins import FROM_OWN_PAGE
from tests.auth.personal_rows import dump
from unwrapped.auth.oauth.browser_binding import Secrets
from unwrapped.core.process_resources import Resources


def secrets_of(visitor: Visitor, url: str) -> dict[str, str]:
    """The secrets of a sign-in that has begun."""
    [state] = parse_qs(urlsplit(url).query)["state"]
    made = Secrets(state, visitor.state_secret or "")
    return {
        "state": made.state,
        "browser": made.browser,
        "verifier": made.verifier,
        "nonce": made.nonce,
    }


def assert_nowhere(text: str, secrets: dict[str, str]) -> None:
    """Check that none of the secrets is in the text."""
    assert [name for name, secret in secrets.items() if secret in text] == []


@attack(50, "sign-in-with-a-provider")
@attack(38, "sign-in-with-a-provider")
async def test_no_secret_of_a_sign_in_is_stored_or_logged(
    visitor: Visitor, provider: Provider, resources: Resources, log: Written
) -> None:
    url = await visitor.begin(next="/docs")
    secrets = secrets_of(visitor, url) | {"client": provider.client_secret}
    rows = await dump(resources)
    assert len(rows["oauth_state"]) == 1
    assert_nowhere(str(rows), secrets)
    reply = provider.agree(url)
    assert (await visitor.come_back(reply)).status_code == 303
    secrets |= {str(n): given for n, given in enumerate(provider.given)}
    assert len(provider.given) == 3, "a code, an access token and an id_token"
    rows = await dump(resources)
    assert rows["oauth_state"] == []
    assert len(rows["linked_account"]) == 1
    assert rows["provider_token"] == []
    assert_nowhere(str(rows), secrets)
    assert_nowhere(log.text, secrets | {"session": visitor.session or ""})
    assert log.of("oauth.completed") != []
    assert_nowhere(repr(resources), secrets)


@attack(24, "state")
async def test_states_are_random_and_a_browser_keeps_its_cookie(
    visitor: Visitor,
) -> None:
    urls = [await visitor.begin() for _ in range(20)]
    made = [secrets_of(visitor, url) for url in urls]
    for name in ("state", "verifier", "nonce"):
        assert len({one[name] for one in made}) == len(made)
    # 62^43 is more than 2^256.
    for one in made:
        assert re.fullmatch(r"unwrapped_os_[0-9A-Za-z]{49}", one["state"])
        assert re.fullmatch(r"unwrapped_ob_[0-9A-Za-z]{49}", one["browser"])


async def test_cookies_have_the_right_attributes(
    visitor: Visitor, provider: Provider
) -> None:
    first = await visitor.ask()
    [state] = first.headers.get_list("Set-Cookie")
    assert "__Host-Http-oauth=" in state
    reply = provider.agree(first.headers["Location"])
    last = await visitor.come_back(reply)
    [session] = last.headers.get_list("Set-Cookie")
    assert "__Host-Http-session=" in session
    for cookie, site in ((state, "lax"), (session, "lax")):
        members = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"httponly", "secure", "path=/", f"samesite={site}"} <= members
        assert not any(member.startswith("domain") for member in members)
    for answer in (first, last):
        assert answer.headers["Cache-Control"] == "private, no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"


@attack(14, "what-a-provider-gave")
async def test_tokens_of_a_provider_are_no_credentials_here(
    visitor: Visitor, provider: Provider
) -> None:
    url = await visitor.begin()
    secrets = secrets_of(visitor, url)
    assert (await visitor.come_back(provider.agree(url))).status_code == 303
    visitor.client.cookies.clear()
    for token in (*provider.given, *secrets.values()):
        answer = await visitor.client.get(f"{AUTH}/me", headers=bearer(token))
        assert answer.status_code == 401, answer.text
        refresh = {"grant_type": "refresh_token", "refresh_token": token}
        refused = await visitor.client.post(f"{AUTH}/token", data=refresh)
        assert refused.status_code in {400, 401, 422}
        carried = {"Cookie": f"__Host-Http-session={token}"} | FROM_OWN_PAGE
        answer = await visitor.client.get(f"{AUTH}/me", headers=carried)
        assert answer.status_code == 401


@attack(14, "authorization-code-at-our-token-endpoint")
@pytest.mark.parametrize(
    "grant", ["authorization_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
)
async def test_our_token_endpoint_accepts_no_code_of_a_provider(
    visitor: Visitor, provider: Provider, grant: str
) -> None:
    reply = provider.agree(await visitor.begin())
    form = {"grant_type": grant, "code": reply["code"], "assertion": reply["code"]}
    answer = await visitor.client.post(f"{AUTH}/token", data=form)
    assert answer.status_code in {400, 422}
