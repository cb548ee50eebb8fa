"""Databases for tests: a server for each run, a template, and clones of it."""

import asyncio
import fcntl
import hashlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    asynccontextmanager,
    contextmanager,
    suppress,
)
from pathlib import Path

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from unwrapped.core.database import Database
from unwrapped.core.migrations.upgrade import apply_migrations
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.binaries import copied
from unwrapped.core.postgres.embedded import STATE_DIR, discard_embedded, start_embedded

ROOM = 4 * 1024**3
"""Bytes that must be free in memory for the server's home."""

HASTE = (
    "fsync = off",
    "full_page_writes = off",
    "synchronous_commit = off",
    "autovacuum = off",
)
"""Settings of a server whose data nobody needs after the run."""


@contextmanager
def test_server(run_folder: Path) -> Iterator[DatabaseAddress]:
    """The server of this run: TEST_DATABASE_URL, or an embedded one that all share."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield DatabaseAddress.parse(url)
        return
    home = _home(run_folder)
    with start_embedded(home, _state_dir(home)) as server:
        asyncio.run(_hasten(server.address))
        yield server.address
    if not server.cluster.is_reachable():
        discard_embedded(home)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(_state_dir(home), ignore_errors=True)
        (run_folder / "template").unlink(missing_ok=True)


async def _hasten(server: DatabaseAddress) -> None:
    for setting in HASTE:
        await _execute(server, f"ALTER SYSTEM SET {setting}")
    await _execute(server, "SELECT pg_reload_conf()")


def _home(run_folder: Path) -> Path:
    """The home that the processes of a run share: in memory, if there is room."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder that is the run's alone
    if memory.is_dir() and shutil.disk_usage(memory).free > ROOM:
        return (
            memory / f"unwrapped-{hashlib.sha256(bytes(run_folder)).hexdigest()[:16]}"
        )
    return run_folder / "home"


def _state_dir(home: Path) -> Path:
    """Where root keeps the cluster: beside the home; the programs stay where they are."""
    folder = home.with_name(f"{home.name}-state")
    if os.geteuid() == 0:
        STATE_DIR.mkdir(parents=True, exist_ok=True)
        programs = copied(STATE_DIR).parents[2]
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            (folder / programs.name).symlink_to(programs)
    return folder


def migrated_template(server: DatabaseAddress, run_folder: Path) -> DatabaseAddress:
    """A database built by the migrations; the first process that asks creates it."""
    run_folder.mkdir(parents=True, exist_ok=True)
    with (run_folder / "template").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        name = file.read()
        template = server.with_database(name or f"template_{secrets.token_hex(6)}")
        if not name:
            asyncio.run(_make_template(server, template))
            file.write(template.database)
    return template


async def _make_template(server: DatabaseAddress, template: DatabaseAddress) -> None:
    await _execute(server, f'CREATE DATABASE "{template.database}"')
    await apply_migrations(template)


@asynccontextmanager
async def cloned(template: DatabaseAddress) -> AsyncIterator[DatabaseAddress]:
    """A new database with the tables of the template; dropped at the end."""
    clone = template.with_database(f"clone_{secrets.token_hex(6)}")
    maintenance = template.with_database("postgres")
    await _execute(
        maintenance,
        f'CREATE DATABASE "{clone.database}" TEMPLATE "{template.database}"'
        # Copying files asks for a checkpoint, which costs nothing without fsync.
        " STRATEGY FILE_COPY",
    )
    try:
        yield clone
    finally:
        await _execute(maintenance, f'DROP DATABASE "{clone.database}" WITH (FORCE)')


async def _execute(address: DatabaseAddress, statement: str) -> None:
    connection = await asyncpg.connect(address.for_asyncpg())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


class JoinedDatabase(Database):
    """A database whose sessions all join one transaction, which is rolled back.

    App and test have sessions of their own; a commit ends a savepoint. Many tests use
    one instance, to keep its connection and the statements that its engine compiled.
    """

    def __init__(self, address: DatabaseAddress) -> None:
        # One connection for the transaction, and one for pings.
        super().__init__(address, pool_size=2)

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        """Undo at the end what is done within the context."""
        async with self.engine.connect() as connection:
            transaction = await connection.begin()
            self._sessions = self._apart_sessions = async_sessionmaker(
                connection,
                class_=AsyncSession,
                expire_on_commit=False,
                join_transaction_mode="create_savepoint",
            )
            # A read in the background must not end within another session's savepoint.
            self._autocommit_sessions = async_sessionmaker(
                connection,
                class_=AsyncSession,
                expire_on_commit=False,
                join_transaction_mode="rollback_only",
            )
            try:
                yield
            finally:
                await transaction.rollback()

    @asynccontextmanager
    async def driver(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """The connection of the one transaction."""
        async with self.session() as session:
            connection = await session.connection()
            # SQLAlchemy begins a transaction with the first statement that it sees.
            await connection.execute(text("SELECT 1"))
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            yield driver
