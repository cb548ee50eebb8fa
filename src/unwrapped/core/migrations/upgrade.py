"""Brings a database up to date, as `atlas migrate apply` does, without Atlas.

Files, checks, revision table and advisory lock are those of Atlas: it considers a
database migrated here to be current, and vice versa. Each file is one transaction,
unless it begins with `-- atlas:txmode none`.
"""

import hashlib
import json
import logging
import time
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.resources.abc import Traversable

import asyncpg

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.migrations.connection import (
    OWN_SETTINGS,
    DatabaseUnreachable,
    MigrationFailed,
    MigrationsLocked,
    connected,
    locked,
)
from unwrapped.core.migrations.directory import (
    DamagedMigrations,
    Migration,
    verify_directory,
)
from unwrapped.core.migrations.history import (
    CREATE_REVISIONS,
    WRITE_REVISION,
    DatabaseNewer,
    ForeignDatabase,
    HalfMigrated,
    HistoryDiverged,
    pending_migrations,
    read_revisions,
    shortened,
)
from unwrapped.core.migrations.statements import Statement
from unwrapped.core.postgres.addresses import DatabaseAddress

__all__ = [
    "DamagedMigrations",
    "DatabaseNewer",
    "DatabaseUnreachable",
    "ForeignDatabase",
    "HalfMigrated",
    "HistoryDiverged",
    "MigrationFailed",
    "MigrationStatus",
    "MigrationsLocked",
    "MigrationsPending",
    "apply_migrations",
    "apply_over",
    "migration_status",
    "require_current",
    "verify_directory",
]

OPERATOR = f"Unwrapped {version('unwrapped')}"
LOCK_TIMEOUT_SECONDS = 600.0

type BeforeMigrating = Callable[[str], Awaitable[object]]
"""Awaited with the current version of a database."""

# structlog writes to standard output where a command does not configure it.
log = logging.getLogger(__name__)


class MigrationsPending(Unavailable):
    """The database is older than this program."""

    code = "migrations_pending"


@dataclass(frozen=True, slots=True)
class MigrationStatus:
    """The state of a database's migrations."""

    current: str | None
    """Version of the last file applied; None before the first."""
    applied: tuple[str, ...]
    """Files applied, by name, in order."""
    pending: tuple[str, ...]
    """Files to be applied, by name, in order."""

    @property
    def is_current(self) -> bool:
        """Whether nothing is pending."""
        return not self.pending


async def apply_migrations(
    address: DatabaseAddress,
    directory: Traversable | None = None,
    lock_timeout: float = LOCK_TIMEOUT_SECONDS,
    before: BeforeMigrating | None = None,
) -> tuple[str, ...]:
    """Apply what is pending; return the names of the files.

    Any number of processes may call this at once: one applies, the others wait for it.
    `before` is awaited first, unless the database is empty or nothing is pending.
    Raises `DamagedMigrations`, `DatabaseUnreachable`, `MigrationsLocked`,
    `MigrationFailed`, and a `Conflict` when the database has another history:
    `HalfMigrated`, `DatabaseNewer`, `HistoryDiverged`, `ForeignDatabase`.
    """
    migrations = verify_directory(directory)
    async with connected(address) as connection, locked(connection, lock_timeout):
        revisions = await read_revisions(connection)
        pending = pending_migrations(migrations, revisions)
        if pending and revisions and before is not None:
            await before(revisions[-1].version)
        await apply_over(connection, pending)
    return tuple(migration.name for migration in pending)


async def apply_over(
    connection: asyncpg.Connection, migrations: Iterable[Migration]
) -> None:
    """Apply these files over a connection that holds the lock; each is logged.

    Each file is a transaction, or a savepoint if the connection is already in one.
    """
    await connection.execute(CREATE_REVISIONS)
    for migration in migrations:
        begun = time.perf_counter()
        await _apply(connection, migration)
        ms = round((time.perf_counter() - begun) * 1000, 1)
        log.info("migration.applied", extra={"migration": migration.name, "ms": ms})


async def migration_status(
    address: DatabaseAddress, directory: Traversable | None = None
) -> MigrationStatus:
    """The state of the database; writes nothing. Raises as `apply_migrations` does."""
    migrations = verify_directory(directory)
    async with connected(address) as connection:
        pending = pending_migrations(migrations, await read_revisions(connection))
    done = len(migrations) - len(pending)
    return MigrationStatus(
        current=migrations[done - 1].version if done else None,
        applied=tuple(migration.name for migration in migrations[:done]),
        pending=tuple(migration.name for migration in pending),
    )


async def require_current(
    address: DatabaseAddress, directory: Traversable | None = None
) -> None:
    """Raise `MigrationsPending`, with the command to run, unless all are applied."""
    status = await migration_status(address, directory)
    if status.is_current:
        return
    if status.current is None:
        state = "The database is empty. Run"
    else:
        files = f"{len(status.pending)} files" if status.pending[1:] else "one file"
        state = (
            f"The database is at version {status.current}, {files} behind this program"
            f" ({status.pending[0]} comes next). Make a backup, then run"
        )
    raise MigrationsPending(f"{state} `unwrapped db upgrade`.")


@dataclass(slots=True)
class _Revision:
    """The row of a file that is being applied."""

    migration: Migration
    total: int
    applied: int
    started_at: datetime
    started: int
    error: str = ""
    error_statement: str = ""
    hashes: list[str] | None = None

    async def write(self, connection: asyncpg.Connection) -> None:
        await connection.execute(
            WRITE_REVISION,
            self.migration.version,
            self.migration.description,
            self.applied,
            self.total,
            self.started_at,
            time.perf_counter_ns() - self.started,
            self.error,
            self.error_statement,
            self.migration.hash,
            json.dumps(self.hashes),
            OPERATOR,
        )


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    statements = migration.statements()
    revision = _Revision(
        migration, len(statements), 0, datetime.now(UTC), time.perf_counter_ns()
    )
    if not migration.is_transactional:
        await _apply_stepwise(connection, revision, statements)
    else:
        await _apply_whole(connection, revision, statements)
    # What a file has SET must not reach the next one. In one statement, since RESET
    # brings back the role's timeout, which could end another.
    await connection.execute(f"DO $$BEGIN RESET ALL; {OWN_SETTINGS}; END$$")


async def _apply_whole(
    connection: asyncpg.Connection, revision: _Revision, statements: list[Statement]
) -> None:
    """Apply a file and write its row in one transaction."""
    try:
        async with connection.transaction():
            for statement in statements:
                await _execute(connection, revision.migration, statement)
            revision.applied = len(statements)
            await revision.write(connection)
    except asyncpg.PostgresError as error:  # of the row, or of the commit
        raise MigrationFailed(f"{revision.migration.name}: {error}.") from error


async def _apply_stepwise(
    connection: asyncpg.Connection, revision: _Revision, statements: list[Statement]
) -> None:
    """Apply a file without a transaction; its row counts the finished statements."""
    running = hashlib.sha256()
    revision.hashes = []
    await revision.write(connection)
    for statement in statements:
        try:
            await _execute(connection, revision.migration, statement)
        except MigrationFailed as failure:
            revision.error = str(failure.__cause__)
            revision.error_statement = statement.text
            await revision.write(connection)
            raise
        running.update(statement.text.encode())
        revision.hashes.append(f"h1:{b64encode(running.digest()).decode()}")
        revision.applied += 1
        await revision.write(connection)
    revision.hashes = None
    await revision.write(connection)


async def _execute(
    connection: asyncpg.Connection, migration: Migration, statement: Statement
) -> None:
    try:
        await connection.execute(statement.text)
    except asyncpg.PostgresError as error:
        raise MigrationFailed(
            f"{migration.name}, line {statement.line}: {error}."
            f" The statement: {shortened(statement.text)}"
        ) from error
