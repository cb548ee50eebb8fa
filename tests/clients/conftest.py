"""Real clients, and the service that they scrobble to.

They are run by `task test:clients`: they wait for tracks to be played, and need programs
that not every machine has.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.service import Place
from tests.clients.service import Service
from unwrapped.core.postgres.addresses import DatabaseAddress


@pytest.fixture
def service(tmp_path: Path, clone: DatabaseAddress) -> Iterator[Service]:
    """A server with an account."""
    with Place(tmp_path) as place:
        service = Service(place, clone)
        service.start()
        service.make_account()
        yield service
