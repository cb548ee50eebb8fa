"""Finds the files in folders, zips and nested zips.

No entry of a zip is unpacked to disk under its own name; entries are read as streams.
"""

import errno
import lzma
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from unwrapped.core.exceptions import Invalid, NotFound, Unavailable
from unwrapped.music.sources.head import HEAD_BYTES
from unwrapped.music.sources.limits import Budget, DirectoryTooLarge
from unwrapped.music.sources.path_suggestions import did_you_mean
from unwrapped.music.sources.zips import ENTRY_MAGIC, OpenZips, ZipPlace, document_kind

LONGEST_PATH = 255
LINKED_FOLDER = "a link to a folder"
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

    code = "unreadable"


class NoSuchPath(NotFound):
    """A path that was given does not exist."""

    code = "no_such_path"


class DamagedZip(Invalid):
    """A zip is damaged, packed in an unknown way, or locked with a password."""

    code = "damaged_zip"


class LockedZip(DamagedZip):
    """A zip is locked with a password."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A single file, with its beginning."""

    path: str
    """Its path for the user: `export.zip/folder/name.json`; at most `LONGEST_PATH`."""

    size: int
    head: bytes
    open: Callable[[], IO[bytes]]
    """Raises what the disk and `zipfile` raise. An entry of a zip must be read before
    another leaf is opened.
    """

    kind: str | None = None
    """The kind of the file in words, if its head does not show it."""

    members: frozenset[str] = frozenset()
    """The names in a zip that is a single document, such as a spreadsheet."""


class LeafReader:
    """Reads a leaf; damage and errors of the disk become errors for the user."""

    def __init__(self, leaf: Leaf, on_read: Callable[[int], None]) -> None:
        self.path = leaf.path
        with _reading_errors(leaf.path):
            self._stream = leaf.open()
        self._on_read = on_read

    def read(self, size: int, /) -> bytes:
        with _reading_errors(self.path):
            data = self._stream.read(size)
        self._on_read(len(data))
        return data

    def close(self) -> None:
        self._stream.close()


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file, and the name under which its owner knows it."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Found:
    """A given file, or a file in a given folder."""

    file: Path
    path: str
    """Its path for the user."""

    is_given: bool


def find_files(paths: Sequence[Path | GivenFile]) -> Iterator[Found]:
    """The files below `paths`, in the order of their names.

    Raises `NoSuchPath` or `Unreadable`.
    """
    for path in paths:
        if isinstance(path, GivenFile):
            yield Found(path.path, _shown(path.name), is_given=True)
            continue
        with _reading_errors(str(path)):
            there = path.exists()
        if not there:
            raise NoSuchPath(f"{path} does not exist.{did_you_mean(path)}")
        if path.is_dir():
            for file in _files_below(path):
                below = Path(path.resolve().name, file.relative_to(path))
                yield Found(file, _shown(below), is_given=False)
        elif not stat.S_ISREG(path.stat().st_mode):
            raise Unreadable(f"{path} is neither a file nor a folder.")
        else:
            yield Found(path, _shown(path.name), is_given=True)


def _files_below(folder: Path) -> list[Path]:
    def refuse(error: OSError) -> None:
        raise Unreadable(
            f"{error.filename} cannot be read: {error.strerror}."
        ) from error

    return sorted(
        file
        for parent, _, names in folder.walk(on_error=refuse)
        for name in names
        if (file := parent / name).is_file() or file.is_dir()
    )


class Walk:
    """Reads files and the zips among them within one budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._zips = OpenZips(budget.limits)

    def close(self) -> None:
        """Close the open zips. Their leaves cannot be read any more."""
        self._zips.close()

    def leaves(self, found: Found) -> Iterator[Leaf]:
        """The files in a file: itself, or its entries if it is a zip.

        Raises `NoSuchPath`, `Unreadable`, `DamagedZip` or `TooLarge`.
        """
        file, path = found.file, found.path
        if file.is_dir():
            yield Leaf(path, 0, b"", _no_file, LINKED_FOLDER)
            return
        with _reading_errors(path), file.open("rb") as opened:
            head = opened.read(HEAD_BYTES)
            size = os.fstat(opened.fileno()).st_size
        if head.startswith(ZIP_MAGIC):
            whole = Leaf(path, size, head, lambda: file.open("rb"))
            yield from self._zip(ZipPlace(file), whole)
        else:
            yield Leaf(path, size, head, lambda: file.open("rb"))

    def _zip(self, place: ZipPlace, whole: Leaf) -> Iterator[Leaf]:
        """The entries of a zip; the zip itself if it is a document."""
        path = whole.path
        if place.depth > self._budget.limits.nested_zips:
            raise DamagedZip(
                f"{path} is nested in too many zips. Unpack the outer ones and try again."
            )
        with _reading_errors(path):
            archive = self._zips.open(place)
        if (kind := document_kind(archive)) is not None:
            yield replace(whole, kind=kind, members=frozenset(archive.namelist()))
            return
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        for entry in archive.infolist():
            self._check(entry, path, nested=place.depth > 1)
        self._budget.check_sum(path)
        for entry in sorted(entries, key=lambda entry: entry.filename):
            yield from self._entry(place, entry, _cut(f"{path}/{entry.filename}"))

    def _check(self, entry: zipfile.ZipInfo, path: str, *, nested: bool) -> None:
        inner = _cut(f"{path}/{entry.filename}")
        if ENTRY_MAGIC in entry.comment + entry.extra:
            raise _damaged(path, zipfile.BadZipFile("an entry hides another"))
        if entry.flag_bits & ENCRYPTED:
            raise LockedZip(
                f"{inner} is locked with a password. Unpack the zip and give the folder."
            )
        if not entry.is_dir():
            self._budget.spend(
                inner, entry.file_size, entry.compress_size, nested=nested
            )

    def _entry(
        self, place: ZipPlace, entry: zipfile.ZipInfo, path: str
    ) -> Iterator[Leaf]:
        def opened() -> IO[bytes]:
            return self._zips.open(place).open(entry)

        with _reading_errors(path), opened() as packed:
            head = packed.read(HEAD_BYTES)
        leaf = Leaf(path, entry.file_size, head, opened)
        if head.startswith(ZIP_MAGIC):
            yield from self._zip(place.inside(entry), leaf)
        else:
            yield leaf


def _no_file() -> IO[bytes]:
    raise FileNotFoundError


@contextmanager
def _reading_errors(path: str) -> Iterator[None]:
    """Turn errors of reading into errors that name the file."""
    try:
        yield
    except DirectoryTooLarge as error:
        raise DirectoryTooLarge(
            f"{path} {error.message}. Give only the zip or folder that holds the"
            " listening history."
        ) from error
    except _DAMAGE as error:
        raise _damaged(path, error) from error
    except FileNotFoundError as error:
        raise NoSuchPath(f"{path} does not exist.") from error
    except PermissionError as error:
        raise Unreadable(f"{path} cannot be read: permission denied.") from error
    except OSError as error:
        if error.errno in (None, errno.EINVAL):  # bzip2; an offset before the file
            raise _damaged(path, error) from error
        raise Unavailable(f"{path} cannot be read: {error.strerror}.") from error


def _damaged(path: str, error: Exception) -> DamagedZip:
    return DamagedZip(
        f"{path} is damaged or packed in a way that cannot be read ({error})."
        " Nothing was kept. Download it again."
    )


def _shown(path: Path | str) -> str:
    """A printable path: bytes that are not UTF-8 become U+FFFD."""
    return _cut(os.fsencode(path).decode("utf-8", "replace"))


def _cut(path: str) -> str:
    """The path, at most `LONGEST_PATH` long: the middle of a longer one is left out."""
    if len(path) <= LONGEST_PATH:
        return path
    half = LONGEST_PATH // 2
    return f"{path[:half]}…{path[-half:]}"
