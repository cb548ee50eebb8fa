"""Places whose home already has a database, as after an earlier start."""

import asyncio
import fcntl
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.service import Place
from tests.core.embedded_homes import IS_ROOT, settle, short_folder
from unwrapped.core.migrations.upgrade import apply_migrations
from unwrapped.core.postgres.embedded import discard_embedded, start_embedded


@pytest.fixture(scope="session")
def database_files(run_folder: Path) -> Path:
    """The files of an empty database, made by the first process of the run that asks."""
    run_folder.mkdir(parents=True, exist_ok=True)
    files, home = run_folder / "database", run_folder / "database-home"
    with (run_folder / "database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not files.exists():
            with start_embedded(home) as server:
                asyncio.run(apply_migrations(server.address))
            shutil.move(server.cluster.folder / "data", files)
            discard_embedded(home)
    return files


@pytest.fixture
def settled(tmp_path: Path, database_files: Path) -> Iterator[Place]:
    """A place with a database, since creating one takes as long as most tests."""
    apart = short_folder()
    with Place(tmp_path) as place:
        settle(place.home, database_files, apart / "cluster" if IS_ROOT else None)
        yield place
    shutil.rmtree(apart)
