"""Fixtures of the tests of accounts."""

import pytest

from tests.conftest import Configure
from unwrapped.auth.settings import AuthSettings


@pytest.fixture(autouse=True)
def anybody_registers(configure: Configure) -> None:
    """As on a server that is open to everybody; tests of the rule set it otherwise."""
    configure(AuthSettings, registration="open")
    configure(AuthSettings, registrations_per_address=1000)
