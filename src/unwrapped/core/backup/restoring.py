"""Restoring a backup into an empty installation, completely or not at all."""

import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from unwrapped.core.backup.archive import BackupFile, open_backup
from unwrapped.core.backup.home_secret import clear_unreadable, keep_secret
from unwrapped.core.backup.manifest import (
    UPLOADS,
    BackupTooNew,
    Manifest,
    Member,
)
from unwrapped.core.backup.table_copying import PLAIN, copy_in, drop_all, find_rows
from unwrapped.core.config import Configuration
from unwrapped.core.domain import Domain
from unwrapped.core.exceptions import Conflict
from unwrapped.core.migrations.connection import connected, locked
from unwrapped.core.migrations.directory import Migration, verify_directory
from unwrapped.core.migrations.history import read_revisions
from unwrapped.core.migrations.upgrade import LOCK_TIMEOUT_SECONDS, apply_over
from unwrapped.core.object_store import ObjectStore
from unwrapped.core.postgres.session_settings import SessionSettings
from unwrapped.core.process_resources import attached_resources, open_database

_SCHEMA = re.compile(r'CREATE SCHEMA (?:IF NOT EXISTS )?"?(\w+)', re.IGNORECASE)
_OTHERS = """SELECT application_name FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND application_name LIKE 'unwrapped%' LIMIT 1"""


class InstallationInUse(Conflict):
    """The database holds data that a restore would replace, or a process uses it."""

    code = "installation_in_use"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did, and what it could not do."""

    manifest: Manifest
    migrated: int
    """The number of migrations that were applied to the restored data."""

    has_secret: bool
    """Whether the secret of the backup is now the secret of the home."""

    unreadable: int
    """The number of rows with encrypted columns that no key decrypts: now empty."""


@contextmanager
def verified_backup(path: Path) -> Iterator[BackupFile]:
    """Open a backup after checking that it is complete and can be restored here.

    Raises `DamagedBackup` or `BackupTooNew`.
    """
    with open_backup(path) as backup:
        _split(backup.manifest, verify_directory())
        backup.verify()
        yield backup


async def restore_backup(
    configuration: Configuration,
    domains: Sequence[Domain],
    backup: BackupFile,
    secret: str | None,
) -> Restored:
    """Restore a verified backup in one transaction, and bring it up to date.

    Nobody is signed in afterwards. The first worker enqueues the active tasks again.
    Raises `InstallationInUse`, `DamagedBackup`, or what a migration raises.
    """
    async with (
        open_database(configuration.core) as address,
        connected(address) as connection,
        locked(connection, LOCK_TIMEOUT_SECONDS),
    ):
        async with connection.transaction():
            await _require_unused(connection, domains)
            migrated = await _load(connection, domains, backup)
            has_secret = secret is not None and keep_secret(configuration.core, secret)
            async with attached_resources(
                configuration, address, 1, SessionSettings()
            ) as resources:
                unreadable = await clear_unreadable(
                    connection,
                    (one for domain in domains for one in domain.sealed),
                    resources.cipher,
                )
                await _store_uploads(backup, resources.objects)
                for domain in domains:
                    if domain.forget_derived is not None:
                        await domain.forget_derived(resources)
        # Autovacuum collects statistics after a minute; plans need them before that.
        await connection.execute("ANALYZE")
    return Restored(backup.manifest, migrated, has_secret, unreadable)


def _split(
    manifest: Manifest, migrations: Sequence[Migration]
) -> tuple[Sequence[Migration], Sequence[Migration]]:
    """The migrations that the backup has, and those that it lacks."""
    versions = [migration.version for migration in migrations]
    if manifest.revision not in versions:
        raise BackupTooNew(
            f"The backup is of version {manifest.revision} of the database, made by"
            f" Unwrapped {manifest.product}, and this program does not know that version:"
            " install a later Unwrapped, and restore with that."
        )
    count = versions.index(manifest.revision) + 1
    return migrations[:count], migrations[count:]


async def _require_unused(
    connection: asyncpg.Connection, domains: Iterable[Domain]
) -> None:
    if await connection.fetchval(_OTHERS):
        raise InstallationInUse(
            "A service or a worker uses the database: stop all of them first."
        )
    await read_revisions(connection)  # raises for a database of another program
    if table := await find_rows(connection, _fleeting(domains)):
        raise InstallationInUse(
            f"The database holds data already (in its table {table}), and a restore"
            " replaces nothing. Restore into a new home (UNWRAPPED_HOME) or a new database"
            " (DATABASE_URL), or move the old one away."
        )


async def _load(
    connection: asyncpg.Connection, domains: Iterable[Domain], backup: BackupFile
) -> int:
    migrations = verify_directory()
    had, lacks = _split(backup.manifest, migrations)
    schemas = {name for one in migrations for name in _SCHEMA.findall(one.text)}
    await drop_all(connection, schemas)
    await apply_over(connection, had)
    await connection.execute(PLAIN)
    fleeting = _fleeting(domains)
    kept = (table for table in backup.manifest.tables if table.name not in fleeting)
    await copy_in(connection, kept, backup)
    await apply_over(connection, lacks)
    return len(lacks)


def _fleeting(domains: Iterable[Domain]) -> set[str]:
    return {str(one.__tablename__) for domain in domains for one in domain.fleeting}


async def _store_uploads(backup: BackupFile, objects: ObjectStore) -> None:
    # If a later step fails, a sweep deletes these uploads: no row refers to them.
    for upload in backup.manifest.uploads:

        async def pieces(member: Member = upload) -> AsyncIterator[bytes]:
            for piece in backup.pieces(member):
                yield piece

        await objects.put(upload.name.removeprefix(UPLOADS), pieces())
