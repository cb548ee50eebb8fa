"""The private file of a secret in the home: created once, replaced in one step."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from unwrapped.core.exceptions import NotFound, Unavailable
from unwrapped.core.files import make_private
from unwrapped.core.postgres.file_locks import FileLock


class NoKeyFile(NotFound):
    """There is no secret yet."""

    code = "no_key_file"


class KeyFile:
    """A file with a secret text."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> str:
        """Return the text. Raises `NoKeyFile` or `Unavailable`."""
        with self._reading_errors("cannot be read"):
            return self._read()

    def read_or_make(self, make: Callable[[], str]) -> str:
        """Return the text; it is created once, even if several processes ask for it.

        Raises `Unavailable`.
        """
        with self._reading_errors("cannot be read or created"):
            make_private(self.path.parent)
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if not self.path.exists():
                self._add(make())
            return self._read()

    def change(self, change: Callable[[str], str]) -> None:
        """Replace the text by `change(text)`, one change at a time.

        Raises `NoKeyFile` or `Unavailable`; the old text is kept then.
        """
        with self._reading_errors("cannot be replaced"):
            self._read()  # before a lock file is created where there is no secret
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
                # A link appears whole, and fails if another process was first.
                self.path.hardlink_to(part)
            except FileExistsError:
                return

    @contextmanager
    def _part(self, text: str) -> Iterator[Path]:
        """A private temporary file of the text, in the same folder."""
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
    def _reading_errors(self, what: str) -> Iterator[None]:
        try:
            yield
        except FileNotFoundError as error:
            raise NoKeyFile(
                f"There is no {self.path} yet: the first start of the service creates it."
            ) from error
        except OSError as error:
            raise Unavailable(
                f"The secret in {self.path} {what}: {error.strerror}."
            ) from error


def _sync(folder: Path) -> None:
    """Make a new name in the folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
