"""Fixtures of the tests of accounts."""

import pytest


@pytest.fixture(autouse=True)
def anybody_registers(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a server that is open to everybody; tests of the rule set it otherwise."""
    monkeypatch.setenv("REGISTRATION", "open")
    monkeypatch.setenv("REGISTRATIONS_PER_ADDRESS", "1000")
