"""Error texts of a provider, or of somebody who pretends to be one, are not repeated."""

from functools import partial

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import JSONResponse

from tests.attacks import attack
from tests.auth.oauth.openid.conftest import TurnedAway, count
from tests.auth.oauth.openid.provider import SAYS, Provider
from tests.auth.oauth.openid.visitor import Visitor
from unwrapped.auth.models import OAuthState
from unwrapped.auth.oauth.clients.client import OAuthClient
from unwrapped.auth.oauth.errors import ProviderRefuses

SCRIPT = "<script>alert('xss')</script>"
PROGRAM, BROWSER = "application/json", "text/html,*/*;q=0.8"


@attack(10, "error-of-the-callback")
@pytest.mark.parametrize(
    ("error", "code", "accept"),
    [
        ("access_denied", "sign_in_declined", PROGRAM),
        ("login_required", "sign_in_refused", BROWSER),
        (SCRIPT, "sign_in_refused", PROGRAM),
        (SCRIPT, "sign_in_refused", BROWSER),
        ("", "sign_in_refused", BROWSER),
        ("\u0000", "sign_in_refused", PROGRAM),
    ],
    ids=["declined", "of openid", "script", "script in a page", "empty", "NUL"],
)
async def test_an_error_is_shown_in_our_own_words(
    visitor: Visitor,
    provider: Provider,
    session: AsyncSession,
    error: str,
    code: str,
    accept: str,
) -> None:
    state = provider.agree(await visitor.begin())["state"]
    reply = {
        "state": state,
        "error": error,
        "error_description": f"{SAYS}{SCRIPT}",
        "error_uri": "javascript:alert(1)",
    }
    answer = await visitor.come_back(reply, Accept=accept)
    assert answer.status_code == 400
    assert code in answer.text
    for words in ("script", "alert", SAYS, state):
        assert words not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in _scripts(answer.headers["Content-Security-Policy"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "token" not in provider.asked
    # A refusal by the person ends the sign-in.
    assert await count(session, OAuthState) == 0


def _scripts(policy: str) -> str:
    """Return the directive for scripts of a policy."""
    return " ".join(part for part in policy.split(";") if "script" in part)


@attack(10, "error-with-a-code")
async def test_a_code_beside_an_error_is_ignored(
    visitor: Visitor, provider: Provider
) -> None:
    reply = provider.agree(await visitor.begin()) | {"error": "server_error"}
    assert (await visitor.come_back(reply)).status_code == 400
    assert "token" not in provider.asked


@attack(10, "name-of-the-provider")
@pytest.mark.parametrize("accept", [PROGRAM, BROWSER], ids=["program", "browser"])
async def test_a_name_in_the_address_is_not_repeated(
    visitor: Visitor, accept: str
) -> None:
    for path in ("login", "callback"):
        address = f"/api/v1/auth/%3Cscript%3Ealert(1)/{path}?state={SCRIPT}&code=a"
        answer = await visitor.client.get(address, headers={"Accept": accept})
        assert answer.status_code in {400, 404, 422}
        assert "alert" not in answer.text


@attack(10, "error-of-the-token-endpoint")
@pytest.mark.parametrize(
    ("error", "status", "reply"),
    [
        ("invalid_grant", 400, None),
        ("invalid_client", 502, "invalid_client"),
        (SCRIPT, 502, None),
    ],
    ids=str,
)
async def test_an_error_of_the_token_endpoint_is_shown_by_its_name(
    provider: Provider,
    turned_away: TurnedAway,
    error: object,
    status: int,
    reply: str | None,
) -> None:
    said = {"error": error, "error_description": f"{SAYS}{SCRIPT}"}
    provider.answers["token"] = lambda: JSONResponse(said, 400)
    answer = await turned_away()
    assert answer.status_code == status
    assert "script" not in answer.text
    assert reply is None or f"({reply})" in answer.json()["detail"]


async def test_an_unknown_error_of_the_token_endpoint_is_not_repeated(
    provider: Provider, oauth_client: OAuthClient
) -> None:
    messages = []
    for error in ("unauthorized_client", ["invalid_client"], None):
        said = {"error": error, "error_description": SAYS}
        provider.answers["token"] = partial(JSONResponse, said, 400)
        with pytest.raises(ProviderRefuses) as caught:
            await oauth_client.exchange_code_for_token("code", "verifier")
        messages.append(caught.value.message)
    assert "(unauthorized_client)" in messages[0]
    assert not any("(" in message for message in messages[1:])
