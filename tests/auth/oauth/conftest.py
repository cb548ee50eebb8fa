"""The sandbox in place of Spotify, for tests of signing in."""

from collections.abc import Iterator

import pytest

from tests.auth.oauth.browser import Browser
from tests.conftest import Configure, MakeClient
from tests.sandbox.running import CALLBACK, HUGE_BYTES, Clock, Running, running
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.core.process_resources import Resources
from unwrapped.sandbox.config import CLIENT_SECRET, SandboxConfig


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Running]:
    """A sandbox that listens, shared by all tests."""
    clock = Clock()
    config = SandboxConfig(slow_seconds=20.0, huge_bytes=HUGE_BYTES, clock=clock)
    with running(config, clock) as one:
        yield one


@pytest.fixture
def spotify(sandbox: Running, configure: Configure) -> Running:
    """The sandbox, which the settings name in place of Spotify."""
    configure(OAuthSettings, oauth_client_id="sandbox")
    configure(OAuthSettings, oauth_client_secret=CLIENT_SECRET)
    configure(OAuthSettings, oauth_redirect_uri=CALLBACK)
    configure(OAuthSettings, oauth_base_url=sandbox.address)
    return sandbox


@pytest.fixture
def browser(spotify: Running, make_client: MakeClient, resources: Resources) -> Browser:
    """A browser without cookies."""
    return Browser(make_client(resources), spotify)
