"""Fixtures of the tests of accounts."""

import pytest

from tests.conftest import Configure
from unwrapped.auth.settings import AuthSettings


@pytest.fixture(autouse=True)
def anybody_registers(configure: Configure) -> None:
    """Registration is open; tests of that rule set it otherwise."""
    configure(AuthSettings, registration="open")
    configure(AuthSettings, registrations_per_address=1000)
