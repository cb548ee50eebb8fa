"""A provider whose answers tests can change, and browsers that sign in with it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx2
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from tests.auth.logs import Written, written_log
from tests.auth.oauth.openid.provider import SAYS, SUBJECT, Provider, ProviderServer
from tests.auth.oauth.openid.visitor import NAME, Visitor, set_up
from tests.conftest import Configure, MakeClient
from tests.serving import serving
from unwrapped.auth.models import LinkedAccount, OAuthState, User, UserSession
from unwrapped.auth.oauth.clients.client import Identity, OAuthClient, OAuthToken
from unwrapped.auth.oauth.providers import Providers
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.core.config import Settings
from unwrapped.core.process_resources import Resources

PATIENCE_SECONDS = 60.0
"""More than all time limits of one sign-in together."""


@pytest.fixture(scope="session")
def providers() -> Iterator[ProviderServer]:
    """The server of the providers."""
    server = ProviderServer()
    with serving(server.app) as server.address:
        yield server


@pytest.fixture
def provider(providers: ProviderServer, configure: Configure) -> Provider:
    """A provider that the settings name; it is honest until a test changes it."""
    made = providers.provider()
    set_up(configure, made)
    return made


@pytest.fixture
async def oauth_client(
    provider: Provider, configure: Configure
) -> AsyncIterator[OAuthClient]:
    """The service's client of the provider, without a browser and a database."""
    made = Providers(configure.of(OAuthSettings), None)
    yield made.get(NAME)
    await made.aclose()


type Identify = Callable[[], Awaitable[Identity]]


@pytest.fixture
def identify(provider: Provider, oauth_client: OAuthClient) -> Identify:
    """Returns the identity that the client reads in an id_token of the provider."""

    async def identify() -> Identity:
        answer = {
            "access_token": "access",
            "token_type": "Bearer",
            "id_token": provider.id_token(provider.claims_about(SUBJECT, "nonce")),
        }
        return await oauth_client.identify(OAuthToken.model_validate(answer), "nonce")

    return identify


type NewVisitor = Callable[[], Visitor]


@pytest.fixture
def new_visitor(
    provider: Provider, make_client: MakeClient, resources: Resources
) -> NewVisitor:
    """Makes browsers without cookies."""
    return lambda: Visitor(make_client(resources), provider)


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    """A browser without cookies."""
    return new_visitor()


@pytest.fixture
async def log(settings: Settings) -> AsyncIterator[Written]:
    """Everything that is logged during the test, at the most verbose level."""
    with written_log(settings.model_copy(update={"log_level": "DEBUG"})) as written:
        yield written


async def count(session: AsyncSession, table: type[SQLModel]) -> int:
    """Return the number of rows of a table."""
    return await session.scalar(select(func.count()).select_from(table)) or 0


type TurnedAway = Callable[[], Awaitable[httpx2.Response]]


@pytest.fixture
def turned_away(
    visitor: Visitor, provider: Provider, session: AsyncSession, log: Written
) -> TurnedAway:
    """Tries to sign in; checks that nobody got in, and that nothing was revealed."""

    async def sign_in() -> httpx2.Response:
        async with asyncio.timeout(PATIENCE_SECONDS):
            answer = await visitor.sign_in()
        assert answer.status_code in {400, 502}, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert visitor.session is None
        for table in (User, UserSession, LinkedAccount, OAuthState):
            assert await count(session, table) == 0, table
        reply = f"{answer.text}\n{answer.headers}\n{log.text}"
        secrets = {SAYS, provider.client_secret, *provider.given, *visitor.secrets}
        assert [one for one in secrets if one in reply] == []
        assert "Traceback" not in log.text
        return answer

    return sign_in
