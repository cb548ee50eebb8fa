"""The sandbox that these tests share: each test signs in, and time only advances."""

from collections.abc import Iterator

import pytest

from tests.sandbox.running import HUGE_BYTES, Clock, Running, running
from unwrapped.sandbox.config import SandboxConfig


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Running]:
    """A sandbox that listens."""
    clock = Clock()
    config = SandboxConfig(slow_seconds=20.0, huge_bytes=HUGE_BYTES, clock=clock)
    with running(config, clock) as one:
        yield one
