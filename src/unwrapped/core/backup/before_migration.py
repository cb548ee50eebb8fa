"""Backups that the service makes by itself before it migrates the embedded database."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from unwrapped.core.backup.writing import write_backup
from unwrapped.core.config import Settings
from unwrapped.core.exceptions import AppException, Unavailable
from unwrapped.core.object_store import ObjectStore
from unwrapped.core.postgres.addresses import DatabaseAddress

FOLDER = "backups"
KEPT = 2
PREFIX = "before-migration-"

# structlog writes to standard output where a command does not configure it.
log = logging.getLogger(__name__)


class NotBackedUp(Unavailable):
    """The database was not migrated, because it could not be backed up first."""

    code = "not_backed_up"


async def back_up_before_migrating(
    settings: Settings, address: DatabaseAddress, revision: str
) -> Path:
    """Write a backup into the home, and delete all of these backups but the last two.

    The backup is without the secret, which stays in the home. Raises `NotBackedUp`.
    """
    folder = settings.home / FOLDER
    path = folder / f"{PREFIX}{datetime.now(UTC):%Y%m%dT%H%M%SZ}-of-{revision}.zip"
    with _refusing_to_migrate():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await write_backup(address, ObjectStore(settings), path)
    log.info("database.backed_up", extra={"file": str(path)})
    for earlier in sorted(folder.glob(f"{PREFIX}*.zip"))[:-KEPT]:
        earlier.unlink(missing_ok=True)
    return path


@contextmanager
def _refusing_to_migrate() -> Iterator[None]:
    try:
        yield
    except (AppException, OSError) as error:
        said = error.message if isinstance(error, AppException) else f"{error}."
        raise NotBackedUp(
            f"The database has to be migrated and could not be backed up first: {said}"
            " Fix that, or set BACKUP_BEFORE_MIGRATING=false."
        ) from error
