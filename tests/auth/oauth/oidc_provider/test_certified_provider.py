"""A certified OpenID provider signs people in by configuration alone."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.attacks import attack
from tests.auth.oauth.browser import AUTH
from tests.auth.oauth.oidc_provider.running import SECRET, Certified, running
from tests.auth.oauth.openid.provider import changed
from tests.auth.oauth.openid.visitor import NAME, OUR_ADDRESS, Visitor, set_up
from tests.conftest import Configure, MakeClient
from unwrapped.auth.models import LinkedAccount, User
from unwrapped.core.process_resources import Resources

CLIENTS = {
    "secret in a header, RS256": ("basic", "confidential", SECRET),
    "secret in the form, EdDSA": ("post", "confidential", SECRET),
    "no secret, ES256": ("post", "public", ""),
}


@pytest.fixture(scope="module")
def issuers() -> Iterator[dict[str, str]]:
    """The addresses of the two issuers."""
    with running([f"{OUR_ADDRESS}{AUTH}/{NAME}/callback"]) as addresses:
        yield addresses


@pytest.fixture(params=CLIENTS.values(), ids=list(CLIENTS))
def certified(
    request: pytest.FixtureRequest,
    issuers: dict[str, str],
    configure: Configure,
) -> Certified:
    """An issuer and a client of it, which the settings name."""
    method, client_id, client_secret = request.param
    made = Certified(issuers[method], client_id, client_secret)
    set_up(configure, made)
    return made


@pytest.fixture
def visitor(
    certified: Certified, make_client: MakeClient, resources: Resources
) -> Visitor:
    """A browser without cookies."""
    return Visitor(make_client(resources), certified)


async def test_somebody_signs_in(
    visitor: Visitor, certified: Certified, session: AsyncSession
) -> None:
    answer = await visitor.sign_in("wren", next="/docs")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/docs")
    # The name is not in the id_token, but at the userinfo endpoint.
    assert await visitor.username() == "wren"
    account = await session.scalar(select(LinkedAccount))
    assert account is not None
    assert (account.issuer, account.subject) == (certified.issuer, "wren")
    assert account.display_name == "wren Ombstack"
    first = visitor.session
    assert (await visitor.sign_in("wren")).status_code == 303
    assert visitor.session != first
    assert await session.scalar(select(func.count()).select_from(User)) == 1


@attack(6, "certified-provider")
async def test_the_provider_must_name_its_issuer(
    visitor: Visitor, certified: Certified
) -> None:
    reply = certified.agree(await visitor.begin())
    assert reply.pop("iss") == certified.issuer
    assert (await visitor.come_back(reply)).status_code == 400


@attack(4, "certified-provider")
@attack(5, "certified-provider")
async def test_a_changed_request_and_a_stolen_code_are_refused(
    visitor: Visitor, certified: Certified
) -> None:
    url = await visitor.begin()
    stripped = changed(url, code_challenge=None, code_challenge_method=None)
    reply = certified.agree(stripped)
    assert reply["error"] == "invalid_request"
    refused = await visitor.come_back(reply)
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_refused")
    assert reply["error_description"] not in refused.text
    # The code of another sign-in.
    stolen = certified.agree(await visitor.begin())["code"]
    reply = certified.agree(await visitor.begin()) | {"code": stolen}
    refused = await visitor.come_back(reply)
    assert (refused.status_code, refused.json()["code"]) == (400, "sign_in_refused")
    assert visitor.session is None
