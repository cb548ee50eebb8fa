"""The file in the home that keeps a secret: made once, replaced whole, its owner's alone."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from unwrapped.core.exceptions import NotFound, Unavailable
from unwrapped.core.files import make_private
from unwrapped.core.postgres.locks import FileLock


class NoKeyFile(NotFound):
    """No secret is kept yet."""

    code = "no_key_file"


class KeyFile:
    """A text that opens everything."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> str:
        """The text. Raises `NoKeyFile` or `Unavailable`."""
        with self._told("cannot be read"):
            return self._read()

    def read_or_make(self, make: Callable[[], str]) -> str:
        """The text; made when there is none, once, however many ask at the same time.

        Raises `Unavailable`.
        """
        with self._told("cannot be read or made"):
            make_private(self.path.parent)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not self.path.exists():
                self._add(make())
            return self._read()

    def change(self, change: Callable[[str], str]) -> None:
        """Replace the text by what `change` makes of it, one change after the other.

        Raises `NoKeyFile` or `Unavailable`; what was there is there still.
        """
        with self._told("cannot be replaced"):
            self._read()  # before a lock is left where no secret is
            lock = self.path.with_name(f"{self.path.name}.lock")
            with FileLock(lock).exclusive():
                text = change(self._read())
                with self._part(text) as part:
                    part.replace(self.path)
                _sync(self.path.parent)

    def _read(self) -> str:
        return self.path.read_text(encoding="utf-8").strip()

    def _add(self, text: str) -> None:
        with self._part(text) as part:
            try:
                # A link appears whole, and fails when another process was first.
                self.path.hardlink_to(part)
            except FileExistsError:
                return

    @contextmanager
    def _part(self, text: str) -> Iterator[Path]:
        """A file of the text beside ours, that only its owner may read."""
        descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=".secret-")
        part = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(f"{text}\n")
                opened.flush()
                os.fsync(opened.fileno())
            yield part
        finally:
            part.unlink(missing_ok=True)

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise NoKeyFile(
                f"There is no {self.path} yet: it is made when the service first starts."
            ) from error
        except OSError as error:
            raise Unavailable(
                f"The secret in {self.path} {what}: {error.strerror}."
            ) from error


def _sync(folder: Path) -> None:
    """Let a new name in the folder outlive a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
