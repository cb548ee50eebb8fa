"""Locks on files, which the kernel releases when their holder dies in any way."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform != "win32":
    import fcntl


class FileLock:
    """An open file to lock; closing it releases the lock.

    A child that inherits `fd` holds the lock too, until it ends.
    """

    def __init__(self, path: Path) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def shared(self) -> Self:
        """Wait until no other process holds the lock exclusively, then share it."""
        fcntl.flock(self.fd, fcntl.LOCK_SH)
        return self

    def exclusive(self) -> Self:
        """Wait until no other process holds the lock, then take it."""
        fcntl.flock(self.fd, fcntl.LOCK_EX)
        return self

    def try_exclusive(self) -> bool:
        """Take the lock if no other process holds it; its shared lock may be lost."""
        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def give_back(self) -> None:
        """Release the lock, for children that share it too, and keep the file open."""
        fcntl.flock(self.fd, fcntl.LOCK_UN)

    def close(self) -> None:
        """Release the lock, unless a child still holds it."""
        os.close(self.fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
