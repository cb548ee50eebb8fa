"""The files of copies: their names, and the folder of this machine that keeps them.

Copies are derived from the database and may be deleted at any time. Backups leave the folder
out.
"""

import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import structlog

FOLDER = "statistics"
_NAME = re.compile(r"(?P<user>\d{1,19})-(?P<version>\d{1,19})\.columns", re.ASCII)
_HALF = ".half-"
HALF_AFTER = timedelta(hours=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, order=True)
class CopyName:
    """The name of a copy, in the folder or in the bucket."""

    user_id: int
    version: int

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """The parsed name; None if it is not the name of a copy."""
        match = _NAME.fullmatch(name)
        return match and cls(int(match["user"]), int(match["version"]))

    def __str__(self) -> str:
        return f"{self.user_id}-{self.version}.columns"


class CopyFolder:
    """Keeps copies as private files. Errors of the disk are only logged."""

    def __init__(self, home: Path) -> None:
        self._folder = home / FOLDER

    def names(self, user_id: int | None = None) -> list[CopyName]:
        """The existing copies, of one listener or of all; the latest first."""
        pattern = "*" if user_id is None else f"{user_id}-*"
        found = (CopyName.parse(path.name) for path in self._folder.glob(pattern))
        return sorted((name for name in found if name is not None), reverse=True)

    def read(self, name: CopyName) -> bytes | None:
        """A copy; None if it is gone or cannot be read."""
        try:
            return (self._folder / str(name)).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("statistics.not_read", error=error.strerror)
            return None

    def write(self, name: CopyName, content: bytes) -> None:
        """Store a copy, whole or not at all, and delete the listener's earlier ones."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            half, path = tempfile.mkstemp(prefix=_HALF, dir=self._folder)  # mode 0600
            try:
                with os.fdopen(half, "wb") as file:
                    file.write(content)
                Path(path).replace(self._folder / str(name))
            except OSError:
                Path(path).unlink(missing_ok=True)
                raise
        except OSError as error:
            log.warning("statistics.not_kept", error=error.strerror)
            return
        self.delete(
            earlier
            for earlier in self.names(name.user_id)
            if earlier.version < name.version
        )

    def delete(self, names: Iterable[CopyName]) -> int:
        """Delete copies; return their number."""
        count = 0
        for name in names:
            with suppress(FileNotFoundError):
                (self._folder / str(name)).unlink()
                count += 1
        return count

    def drop_halves(self) -> None:
        """Delete the incomplete files of processes that died while writing."""
        before = (datetime.now(UTC) - HALF_AFTER).timestamp()
        for path in self._folder.glob(f"{_HALF}*"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
