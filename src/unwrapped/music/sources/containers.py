"""From the paths a user gives to the files inside: folders, zips, zips in zips.

Nothing is ever unpacked under the name it has in a zip; entries are read as streams.
"""

import errno
import lzma
import os
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

HEAD_BYTES = 64 * 1024
SPOOL_BYTES = 16 * 1024 * 1024
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
ENCRYPTED = 0x1


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


class NoSuchPath(NotFound):
    """A path that was given does not exist."""


class DamagedZip(Invalid):
    """A zip that cannot be read to its end, or only with a password."""


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
        self._stream = leaf.open()
        self._on_read = on_read

    def read(self, size: int, /) -> bytes:
        with _told(self.path):
            data = self._stream.read(size)
        self._on_read(len(data))
        return data

    def close(self) -> None:
        self._stream.close()


def leaves(paths: Sequence[Path], budget: Budget, stack: ExitStack) -> Iterator[Leaf]:
    """The files below `paths`, in the order of their names, zips opened.

    Zips stay open until `stack` is closed. Raises `NoSuchPath`, `Unreadable`,
    `DamagedZip` or `TooLarge`.
    """
    for path in paths:
        with _told(str(path)):
            there = path.exists()
        if not there:
            raise NoSuchPath(f"{path} does not exist.")
        if path.is_dir():
            for file in _files_below(path):
                below = Path(path.resolve().name, file.relative_to(path))
                yield from _file_leaves(file, _shown(below), budget, stack)
        elif not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(f"{path} is neither a file nor a folder.")
        else:
            yield from _file_leaves(path, _shown(path.name), budget, stack)


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


def _file_leaves(
    file: Path, path: str, budget: Budget, stack: ExitStack
) -> Iterator[Leaf]:
    with _told(path), file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(ZIP_MAGIC):
        with _told(path):
            stream = stack.enter_context(file.open("rb"))
        yield from _zip_leaves(stream, path, budget, stack, depth=1)
    else:
        yield Leaf(path, file.stat().st_size, head, lambda: _open(file, path))


def _open(file: Path, path: str) -> IO[bytes]:
    with _told(path):
        return file.open("rb")


def _zip_leaves(
    stream: IO[bytes], path: str, budget: Budget, stack: ExitStack, depth: int
) -> Iterator[Leaf]:
    if depth > budget.limits.nested_zips:
        raise DamagedZip(
            f"{path} is a zip in too many zips. Unpack the outer ones and try again."
        )
    with _told(path):
        archive = stack.enter_context(zipfile.ZipFile(stream))
    if any(
        b"PK\x01\x02" in entry.comment + entry.extra for entry in archive.infolist()
    ):
        raise _damaged(path, zipfile.BadZipFile("an entry hides another"))
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    for entry in entries:
        inner = f"{path}/{entry.filename}"
        if entry.flag_bits & ENCRYPTED:
            raise DamagedZip(
                f"{inner} is locked with a password. Unpack the zip and give the folder."
            )
        budget.spend(inner, entry.file_size, entry.compress_size)
    for entry in sorted(entries, key=lambda entry: entry.filename):
        yield from _entry_leaves(archive, entry, path, budget, stack, depth)


def _entry_leaves(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    path: str,
    budget: Budget,
    stack: ExitStack,
    depth: int,
) -> Iterator[Leaf]:
    inner = f"{path}/{entry.filename}"
    with _told(inner), archive.open(entry) as packed:
        head = packed.read(HEAD_BYTES)
        if head.startswith(ZIP_MAGIC):
            spool = tempfile.SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 - the stack closes it
            stack.callback(spool.close)
            spool.write(head)
            while piece := packed.read(SPOOL_BYTES):
                spool.write(piece)
            spool.seek(0)
        else:
            spool = None
    if spool is not None:
        yield from _zip_leaves(spool, inner, budget, stack, depth + 1)
    else:
        yield Leaf(inner, entry.file_size, head, lambda: archive.open(entry))


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
