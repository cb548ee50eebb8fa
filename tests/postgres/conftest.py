"""Servers as operators have them, and an installation of the service on them.

They are run by `task test:postgres`: they take minutes, and Debian's packages.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster
from tests.conftest import SECRET
from tests.postgres.servers import Place, Postgres


@pytest.fixture
def place() -> Iterator[Place]:
    """Where servers run."""
    with Place() as place:
        yield place


@pytest.fixture
def primary(place: Place) -> Postgres:
    """A server of nobody yet."""
    return Postgres(place, "primary").initialise()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """An installation that has yet to be given its DATABASE_URL."""
    with Cluster(tmp_path / "home", {"SECRET_KEY": SECRET}) as cluster:
        yield cluster
