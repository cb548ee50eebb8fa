"""A database server of the chaos test's own, and eyes that see it through each fault."""

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Self

import asyncpg

from tests.core.embedded_homes import IS_ROOT, short_folder
from tests.databases import HASTE
from unwrapped.core.database import is_lost_connection
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.binaries import copied
from unwrapped.core.postgres.cluster import Cluster
from unwrapped.core.postgres.embedded import STATE_DIR, start_embedded

PATIENCE_SECONDS = 60.0

type Mode = Literal["fast", "immediate"]
"""How a server ends: in order, or as in a crash."""


@dataclass(frozen=True, slots=True)
class OwnServer:
    """A server that may be restarted under everybody's feet."""

    cluster: Cluster
    address: DatabaseAddress

    def restart(self, mode: Mode) -> None:
        """Stop and start it. What was committed is there afterwards."""
        done = self.cluster.programs.run(
            *("pg_ctl", "stop", "-D", "data", "-m", mode, "-w"),
            within=self.cluster.folder,
        )
        assert done.returncode == 0, done.stderr
        self.cluster.ensure_running()


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A new server, in memory where there is room; nothing is left of it."""
    folder = short_folder()
    state_dir = folder / "state"
    state_dir.mkdir()
    if IS_ROOT:
        STATE_DIR.mkdir(parents=True, exist_ok=True)
        programs = copied(STATE_DIR).parents[2]
        (state_dir / programs.name).symlink_to(programs)
    try:
        with start_embedded(folder / "home", state_dir) as server:
            yield OwnServer(server.cluster, server.address)
    finally:
        shutil.rmtree(folder)


async def hasten(address: DatabaseAddress) -> None:
    """Make the server as fast as it can be, with restarts in the test.

    Whatever is committed must outlive a crash of the server, though not of the machine.
    """
    async with Observer(address) as observer:
        for setting in HASTE:
            if not setting.startswith("synchronous_commit"):
                await observer.fetch(f"ALTER SYSTEM SET {setting}")
        await observer.fetch("SELECT pg_reload_conf()")


class Observer:
    """A connection that comes back after each fault. What it asks may be asked twice."""

    def __init__(self, address: DatabaseAddress) -> None:
        self._dsn = address.for_asyncpg()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    async def fetch(self, statement: str, *values: object) -> list[asyncpg.Record]:
        """The rows that a statement answers, as soon as somebody does."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    if self._connection is None:
                        self._connection = await asyncpg.connect(self._dsn)
                    return await self._connection.fetch(statement, *values)
                except (
                    OSError,
                    asyncpg.PostgresError,
                    asyncpg.InterfaceError,
                    asyncpg.InternalClientError,
                ) as error:
                    if not is_lost_connection(error):
                        raise
                    self._hang_up()
                    await asyncio.sleep(0.05)

    async def number(self, statement: str, *values: object) -> int:
        """The number that a statement answers."""
        [row] = await self.fetch(statement, *values)
        return int(row[0])

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._hang_up()
