"""From the paths a user gives to the files inside: folders, zips, zips in zips.

Nothing is ever unpacked under the name it has in a zip; entries are read as streams.
"""

import errno
import lzma
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from unwrapped.core.exceptions import Invalid, NotFound, Unavailable
from unwrapped.music.sources.limits import Budget
from unwrapped.music.sources.near_names import did_you_mean

HEAD_BYTES = 64 * 1024
SPOOL_BYTES = 16 * 1024 * 1024
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
ENCRYPTED = 0x1
DIRECTORY_MAGIC = b"PK\x01\x02"


_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    ValueError,
)


class Unreadable(Invalid):
    """A file or folder that was given cannot be read."""

    code = "unreadable"


class NoSuchPath(NotFound):
    """A path that was given does not exist."""

    code = "no_such_path"


class DamagedZip(Invalid):
    """A zip that cannot be read to its end, or only with a password."""

    code = "damaged_zip"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A file that is no container, with its beginning."""

    path: str
    """How the user knows it: `export.zip/folder/name.json`."""

    size: int
    head: bytes
    open: Callable[[], IO[bytes]]


class LeafReader:
    """Reads a leaf; damage and refusals of the disk become errors for the user."""

    def __init__(self, leaf: Leaf, on_read: Callable[[int], None]) -> None:
        self.path = leaf.path
        with _told(leaf.path):
            self._stream = leaf.open()
        self._on_read = on_read

    def read(self, size: int, /) -> bytes:
        with _told(self.path):
            data = self._stream.read(size)
        self._on_read(len(data))
        return data

    def close(self) -> None:
        self._stream.close()


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file that its owner knows under another name than it has here."""

    path: Path
    name: str


def leaves(
    paths: Sequence[Path | GivenFile], budget: Budget, stack: ExitStack
) -> Iterator[Leaf]:
    """The files below `paths`, in the order of their names, zips opened.

    Zips stay open until `stack` is closed. Raises `NoSuchPath`, `Unreadable`,
    `DamagedZip` or `TooLarge`.
    """
    walk = _Walk(budget, stack)
    for path in paths:
        if isinstance(path, GivenFile):
            yield from walk.file(path.path, path.name)
            continue
        with _told(str(path)):
            there = path.exists()
        if not there:
            raise NoSuchPath(f"{path} does not exist.{did_you_mean(path)}")
        if path.is_dir():
            for file in _files_below(path):
                below = Path(path.resolve().name, file.relative_to(path))
                yield from walk.file(file, _shown(below))
        elif not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(f"{path} is neither a file nor a folder.")
        else:
            yield from walk.file(path, _shown(path.name))


def _files_below(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise Unreadable(
            f"{error.filename} cannot be read: {error.strerror}."
        ) from error

    return sorted(
        file
        for parent, _, names in folder.walk(on_error=refuse)
        for name in names
        if (file := parent / name).is_file()
    )


@dataclass(frozen=True, slots=True)
class _Walk:
    """A walk through files and the zips among them, within one budget."""

    budget: Budget
    stack: ExitStack

    def file(self, file: Path, path: str) -> Iterator[Leaf]:
        with _told(path), file.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
        if head.startswith(ZIP_MAGIC):
            with _told(path):
                stream = self.stack.enter_context(file.open("rb"))
            yield from self._zip(stream, path, depth=1)
        else:
            yield Leaf(path, file.stat().st_size, head, lambda: file.open("rb"))

    def _zip(self, stream: IO[bytes], path: str, depth: int) -> Iterator[Leaf]:
        if depth > self.budget.limits.nested_zips:
            raise DamagedZip(
                f"{path} is a zip in too many zips. Unpack the outer ones and try again."
            )
        with _told(path):
            archive = self.stack.enter_context(zipfile.ZipFile(stream))
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in archive.infolist():
            self._check(entry, path)
        for entry in sorted(entries, key=lambda entry: entry.filename):
            yield from self._entry(archive, entry, f"{path}/{entry.filename}", depth)

    def _check(self, entry: zipfile.ZipInfo, path: str) -> None:
        inner = f"{path}/{entry.filename}"
        if DIRECTORY_MAGIC in entry.comment + entry.extra:
            raise _damaged(path, zipfile.BadZipFile("an entry hides another"))
        if entry.flag_bits & ENCRYPTED:
            raise DamagedZip(
                f"{inner} is locked with a password. Unpack the zip and give the folder."
            )
        if not entry.is_dir():
            self.budget.spend(inner, entry.file_size, entry.compress_size)

    def _entry(
        self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, path: str, depth: int
    ) -> Iterator[Leaf]:
        with _told(path), archive.open(entry) as packed:
            head = packed.read(HEAD_BYTES)
        if not head.startswith(ZIP_MAGIC):
            yield Leaf(path, entry.file_size, head, lambda: archive.open(entry))
            return
        inner_zip = self.stack.enter_context(
            tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 - the stack's
        )
        with _told(path), archive.open(entry) as packed:
            shutil.copyfileobj(packed, inner_zip, SPOOL_BYTES)
        yield from self._zip(inner_zip, path, depth + 1)


@contextmanager
def _told(path: str) -> Iterator[None]:
    """Errors of reading as errors that name the file."""
    try:
        yield
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    except FileNotFoundError as error:
        raise NoSuchPath(f"{path} does not exist.") from error
    except PermissionError as error:
        raise Unreadable(f"{path} cannot be read: permission denied.") from error
    except OSError as error:
        if error.errno in (None, errno.EINVAL):  # bzip2; a place before the file
            raise _damaged(path, error) from error
        raise Unavailable(f"{path} cannot be read: {error.strerror}.") from error


def _damaged(path: str, error: Exception) -> DamagedZip:
    return DamagedZip(
        f"{path} is damaged or packed in a way that cannot be read ({error})."
        " Nothing was kept. Download it again."
    )


def _shown(path: Path | str) -> str:
    """A path as it can be printed: bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(path).decode("utf-8", "replace")
