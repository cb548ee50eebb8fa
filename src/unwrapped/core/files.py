"""Files that are written whole or not at all, and a home that only its owner enters."""

import logging
import os
import sys
import tempfile
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path

from unwrapped.core.exceptions import Unavailable

CLUSTERS = "clusters"
"""Where root's databases are, in the home if it is root's default one."""

OURS = (
    *("secret_key", "secret_key.lock", ".secret-*", "postgres", "uploads", "certs"),
    *("statistics", "backups"),
    *(CLUSTERS, "postgresql-*", ".postgresql-*", ".install.lock", ".unwrapped-*"),
    "lost+found",
)
"""The files of a home; any other file may belong to somebody who needs access to it."""

# structlog writes to standard output where a command does not configure it.
log = logging.getLogger(__name__)


class NotWritten(Unavailable):
    """A file could not be written; its previous content is unchanged."""


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path`, replacing what is there in one step.

    Raises `NotWritten`, and then leaves no partial file behind.
    """
    target = path.resolve()
    try:
        if target.exists() and not target.is_file():
            # A device or pipe cannot be replaced, and must not be.
            target.write_text(text, encoding="utf-8")
            return
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=target.parent, prefix=".unwrapped-", delete=False
        ) as file:
            part = Path(file.name)
            try:
                file.write(text)
                file.flush()
                part.chmod(_mode(target))
                part.replace(target)
            except OSError:
                part.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror}.") from error


def make_private(home: Path, passes: int | None = None) -> None:
    """Create a home that only its owner can enter, whatever the umask; close an
    existing one.

    `passes` is a group that may enter and reach its own files: that of root's server. A
    home that cannot be created or closed stays as it is: its use raises its own error.
    """
    with suppress(OSError):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = home.stat()
        # Root's server must keep access: `start_embedded` knows its group.
        is_for_later = passes is None and (home / CLUSTERS).exists()
        if sys.platform == "win32" or found.st_uid != os.geteuid() or is_for_later:
            return
        group = found.st_gid if passes is None else passes
        mode = found.st_mode & 0o700 | (0 if passes is None else 0o010)
        if (found.st_gid, found.st_mode & 0o777) != (group, mode):
            _close(home, group, mode)


def _close(home: Path, group: int, mode: int) -> None:
    former = home.stat().st_mode & 0o777
    if any(not any(fnmatch(one.name, ours) for ours in OURS) for one in home.iterdir()):
        log.warning(
            "%s is open to others (mode %o) and stays open, because it contains other"
            " files: set UNWRAPPED_HOME to a folder of its own.",
            *(home, former),
        )
        return
    os.chown(home, -1, group)
    home.chmod(mode)
    if former & 0o077 & ~mode:
        log.warning("%s was open to others (mode %o): it is closed now.", home, former)


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, or those of a new one."""
    return target.stat().st_mode & 0o777 if target.exists() else 0o644
