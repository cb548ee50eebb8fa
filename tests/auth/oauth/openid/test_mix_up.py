"""Two providers, one of which tries to sign in with a code of the other."""

import pytest

from tests.attacks import attack
from tests.auth.oauth.browser import AUTH
from tests.auth.oauth.openid.provider import Provider, ProviderServer, changed
from tests.auth.oauth.openid.visitor import OUR_ADDRESS, Visitor, set_up
from tests.conftest import Configure
from unwrapped.auth.oauth.settings import CALLBACK

OTHER = "other"


@pytest.fixture
def other(providers: ProviderServer, configure: Configure) -> Provider:
    """A second provider that the settings name."""
    made = providers.provider()
    set_up(configure, made, OTHER)
    return made


@pytest.fixture
def at_other(other: Provider, visitor: Visitor) -> Visitor:
    """The same browser, which signs in with the second provider."""
    return Visitor(visitor.client, other, OTHER)


def assert_no_code_was_shown(*providers: Provider) -> None:
    """Check that no code was sent to a provider."""
    for provider in providers:
        assert "token" not in provider.asked


@attack(6, "callback-of-another")
async def test_a_code_of_one_provider_is_refused_at_the_callback_of_another(
    visitor: Visitor, provider: Provider, at_other: Visitor, other: Provider
) -> None:
    reply = provider.agree(await visitor.begin())
    answer = await at_other.come_back(reply)
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")
    assert visitor.session is None
    assert_no_code_was_shown(provider, other)
    # The sign-in has ended: its own callback refuses it, too.
    assert (await visitor.come_back(reply)).status_code == 400


@attack(6, "browser-sent-to-another")
async def test_a_provider_that_redirects_to_another_gets_no_code(
    visitor: Visitor, provider: Provider, at_other: Visitor, other: Provider
) -> None:
    # The evil provider passes its state on, as if the honest one had been asked.
    honest = await at_other.begin()
    evil_state = provider.agree(await visitor.begin())["state"]
    reply = other.agree(changed(honest, state=evil_state))
    answer = await at_other.come_back(reply)
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")
    assert_no_code_was_shown(provider, other)


@attack(6, "single-callback")
async def test_the_callback_without_a_name_is_only_for_its_provider(
    visitor: Visitor, provider: Provider
) -> None:
    reply = provider.agree(await visitor.begin())
    answer = await visitor.come_back(reply, CALLBACK)
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")
    assert_no_code_was_shown(provider)


@attack(6, "own-callback")
async def test_a_provider_with_the_callback_without_a_name_has_no_other(
    visitor: Visitor, provider: Provider, configure: Configure
) -> None:
    set_up(configure, provider, redirect_uri=f"{OUR_ADDRESS}{CALLBACK}")
    reply = provider.agree(await visitor.begin())
    assert (await visitor.come_back(reply)).status_code == 400
    assert_no_code_was_shown(provider)
    reply = provider.agree(await visitor.begin())
    assert (await visitor.come_back(reply, CALLBACK)).status_code == 303


ANOTHER_ISSUER = "https://accounts.example.org"


@attack(6, "iss")
async def test_only_the_provider_that_was_asked_can_answer(
    visitor: Visitor, provider: Provider
) -> None:
    """Without `iss`, `test_callbacks.py` has further cases."""
    provider.metadata["authorization_response_iss_parameter_supported"] = True
    for iss in (None, ANOTHER_ISSUER):
        reply = provider.agree(await visitor.begin())
        assert reply.pop("iss") == provider.issuer
        answer = await visitor.come_back(reply | ({"iss": iss} if iss else {}))
        assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")
    assert_no_code_was_shown(provider)
    assert (await visitor.sign_in()).status_code == 303


@attack(5, "code-of-another-provider")
async def test_a_code_of_one_provider_is_refused_in_a_sign_in_with_another(
    visitor: Visitor, provider: Provider, at_other: Visitor, other: Provider
) -> None:
    stolen = provider.agree(await visitor.begin())["code"]
    reply = other.agree(await at_other.begin()) | {"code": stolen}
    answer = await at_other.come_back(reply)
    assert (answer.status_code, answer.json()["code"]) == (400, "sign_in_refused")
    assert visitor.session is None


@pytest.mark.parametrize("path", [f"{AUTH}/nobody/callback", f"{AUTH}/nobody/login"])
async def test_an_unknown_provider_is_not_found(visitor: Visitor, path: str) -> None:
    reply = visitor.provider.agree(await visitor.begin())
    answer = await visitor.come_back(reply, path)
    assert answer.status_code in {400, 404, 422}
    assert visitor.session is None
