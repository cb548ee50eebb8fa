"""Making a backup while the service runs."""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import asyncpg

from unwrapped.core.backup.archive import PIECE_BYTES, BackupWriter, new_backup, writing
from unwrapped.core.backup.manifest import (
    FORMAT,
    UPLOADS,
    Manifest,
    Member,
    SealedSecret,
    is_upload,
)
from unwrapped.core.backup.table_copying import PLAIN, copy_out, read_tables
from unwrapped.core.exceptions import Conflict, Unavailable
from unwrapped.core.migrations.connection import connected
from unwrapped.core.migrations.directory import verify_directory
from unwrapped.core.migrations.history import pending_migrations, read_revisions
from unwrapped.core.object_store import ObjectStore, StoreUnavailable
from unwrapped.core.postgres.addresses import DatabaseAddress

ATTEMPTS = 5


class NothingToBackUp(Conflict):
    """The database is empty."""

    code = "nothing_to_back_up"


class UploadsKeepChanging(Unavailable):
    """At every attempt, an upload was deleted before it was copied."""

    code = "uploads_keep_changing"


class _UploadEnded(Exception):
    """An upload that the rows may refer to was deleted before it was copied."""


async def write_backup(
    address: DatabaseAddress,
    objects: ObjectStore,
    path: Path,
    secret: SealedSecret | None = None,
) -> Manifest:
    """Write a backup of everything at one moment, without blocking other transactions.

    Raises `BackupExists`, `NotWritten`, `NothingToBackUp`, `UploadsKeepChanging`, what
    `apply_migrations` raises for a database of another history, or `StoreUnavailable`.
    """
    with new_backup(path) as file:
        for _ in range(ATTEMPTS):
            with writing(path):
                file.seek(0)
                file.truncate()
            with BackupWriter(path, file) as backup:
                try:
                    async with connected(address) as connection:
                        manifest = await _write(connection, objects, backup, secret)
                except _UploadEnded:
                    continue
                backup.finish(manifest)
                return manifest
        raise UploadsKeepChanging(
            "Imports end faster than their uploads can be copied: try again when they"
            " have finished (`unwrapped tasks`)."
        )


async def _write(
    connection: asyncpg.Connection,
    objects: ObjectStore,
    backup: BackupWriter,
    secret: SealedSecret | None,
) -> Manifest:
    await connection.execute(PLAIN)
    before = await waiting(objects)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        # The first statement takes the snapshot.
        revisions = await read_revisions(connection)
        made_at = datetime.now(UTC)
        pending_migrations(verify_directory(), revisions)
        if not revisions:
            raise NothingToBackUp("The database is empty: there is nothing to back up.")
        # The rows may refer to any upload that exists before the snapshot or after it.
        keys = sorted(before | await waiting(objects))
        uploads = [await _copy_upload(objects, key, backup) for key in keys]
        tables = [
            await copy_out(connection, table, backup)
            for table in await read_tables(connection)
        ]
    return Manifest(
        format=FORMAT,
        product=version("unwrapped"),
        made_at=made_at,
        revision=revisions[-1].version,
        tables=tables,
        uploads=uploads,
        secret=secret,
    )


async def waiting(objects: ObjectStore) -> set[str]:
    """Return the keys of waiting uploads; the keys of other objects have a prefix."""
    return {key for key in await objects.names() if is_upload(UPLOADS + key)}


async def _copy_upload(objects: ObjectStore, key: str, backup: BackupWriter) -> Member:
    try:
        async with objects.file(key) as found:
            with found.open("rb") as file, backup.member(UPLOADS + key, packed=False) as member:  # fmt: skip
                while piece := file.read(PIECE_BYTES):
                    member.write(piece)
            return member.written
    except (StoreUnavailable, FileNotFoundError) as error:
        if key in await objects.names(key):
            raise
        raise _UploadEnded from error
