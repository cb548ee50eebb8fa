"""Fixtures of the tests of accounts."""

import pytest

from tests.conftest import Configure
from unwrapped.auth.settings import AuthSettings


@pytest.fixture(autouse=True)
def anybody_registers(configure: Configure) -> None:
    """Open registration, except in tests that set it otherwise."""
    configure(AuthSettings, registration="open", registrations_per_address=1000)
