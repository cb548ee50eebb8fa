"""An installation whose home has a database, as an earlier start left it."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.settled import database_files as database_files
from tests.cluster.cluster import Cluster
from tests.core.embedded_homes import IS_ROOT, settle
from unwrapped.core.postgres.embedded import STATE_DIR


@pytest.fixture
def home_cluster(
    tmp_path_factory: pytest.TempPathFactory, database_files: Path
) -> Iterator[Cluster]:
    """An installation with an embedded database of its own."""
    home = tmp_path_factory.mktemp("cluster") / "home"
    name = f"tests-{secrets.token_hex(6)}"
    settle(home, database_files, STATE_DIR / "clusters" / name if IS_ROOT else None)
    with Cluster(home) as cluster:
        yield cluster
