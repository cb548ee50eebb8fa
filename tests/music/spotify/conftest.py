"""The sandbox that the tests of the sync share: each test signs in again, and the time of
the sandbox only advances.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.sandbox.running import HUGE_BYTES, Clock, Running, running
from unwrapped.sandbox.config import SandboxConfig

LONG_AGO = datetime(2025, 3, 1, 12, tzinfo=UTC)
"""A sync never sees plays that are still to come."""


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Running]:
    """A running sandbox."""
    clock = Clock()
    clock.advance(seconds=(LONG_AGO - clock()).total_seconds())
    config = SandboxConfig(huge_bytes=HUGE_BYTES, clock=clock)
    with running(config, clock) as one:
        yield one
