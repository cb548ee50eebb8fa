"""An installation whose home has a database, as an earlier start left it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.settled import database_files as database_files
from tests.cluster.cluster import Cluster
from tests.core.embedded_homes import IS_ROOT, settle, short_folder


@pytest.fixture
def home_cluster(
    tmp_path_factory: pytest.TempPathFactory, database_files: Path
) -> Iterator[Cluster]:
    """An installation with an embedded database of its own."""
    home = tmp_path_factory.mktemp("cluster") / "home"
    apart = short_folder()
    settle(home, database_files, apart / "cluster" if IS_ROOT else None)
    with Cluster(home) as cluster:
        yield cluster
    shutil.rmtree(apart)
