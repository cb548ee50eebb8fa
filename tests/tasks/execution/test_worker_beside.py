"""The worker beside a web process: started again when it dies, ended with its parent."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest
from pydantic import SecretStr

from tests.processes import PIPE, start
from tests.tasks.workers import Workers
from tests.waiting import eventually
from unwrapped.core.config import Settings
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.main import configuration_of
from unwrapped.tasks.execution.worker_beside import worker_beside


def is_running(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    found = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False
    )
    state = found.stdout.decode().strip()
    return bool(state) and not state.startswith("Z")


@pytest.fixture
def external(settings: Settings, clone: DatabaseAddress) -> Settings:
    """Settings of a process on the test's database."""
    return settings.model_copy(
        update={"database_url": SecretStr(clone.for_asyncpg())}, deep=True
    )


async def test_a_killed_worker_is_started_again(external: Settings) -> None:
    async with worker_beside(configuration_of(external)) as child:
        assert not child.ready
        await eventually(lambda: child.ready)
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: not child.ready)
        await eventually(lambda: child.ready)
        second = child.pid
        assert second is not None
        assert second != first
        assert is_running(second)
    assert not is_running(first)
    assert not is_running(second)


async def test_a_worker_without_a_database_of_today_is_not_ready_and_ends(
    external: Settings, clone: DatabaseAddress
) -> None:
    nowhere = clone.with_database("there_is_none").for_asyncpg()
    settings = external.model_copy(update={"database_url": SecretStr(nowhere)})
    async with worker_beside(configuration_of(settings)) as child:
        await eventually(lambda: child.pid is not None)
        first = child.pid
        await eventually(lambda: child.pid != first)
        assert not child.ready


async def test_the_worker_of_a_killed_parent_ends(workers: Workers) -> None:
    with workers.log.open("ab") as log:
        parent = start(
            (sys.executable, "-m", "tests.tasks.process_with_worker"),
            env=workers.environment,
            stdout=PIPE,
            stderr=log.fileno(),
        )
    assert parent.stdout is not None
    try:
        async with asyncio.timeout(60):
            pid = int(await asyncio.to_thread(parent.stdout.readline))
    finally:
        parent.kill()
        parent.wait()
        parent.stdout.close()
    try:
        await eventually(lambda: not is_running(pid), seconds=30)
    finally:
        if is_running(pid):
            os.kill(pid, signal.SIGKILL)
