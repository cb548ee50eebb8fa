"""The file of a backup: a zip with a manifest that holds the hash of every member."""

import hashlib
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Self

import msgspec

from unwrapped.core.backup.manifest import (
    NAME,
    DamagedBackup,
    Manifest,
    Member,
    read_manifest,
)
from unwrapped.core.exceptions import Conflict
from unwrapped.core.files import NotWritten

PIECE_BYTES = 1024 * 1024
MOST_MANIFEST_BYTES = 64 * 1024 * 1024

_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    RuntimeError,  # an encrypted member, or an unknown compression
    OSError,
)
"""What `zipfile` raises for a file that was cut off or changed."""


class BackupExists(Conflict):
    """A file with this name already exists."""

    code = "backup_exists"


class BackupWriter:
    """A backup that is being written, for as long as its context lasts."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self._path = path
        # The fastest level is enough for text; uploads, often zips already, are stored.
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # An unfinished backup is deleted with its file: an error here does not matter.
        with suppress(OSError):
            self._zip.close()

    @contextmanager
    def member(self, name: str, *, packed: bool = True) -> "Iterator[MemberWriter]":
        """Open a member for writing; the context closes it. Raises `NotWritten`."""
        info = zipfile.ZipInfo(name)
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with writing(self._path):
            opened = self._zip.open(info, "w", force_zip64=True)
        member = MemberWriter(name, self._path, opened)
        try:
            yield member
        finally:
            with writing(self._path):
                opened.close()

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the end of the file."""
        with writing(self._path):
            self._zip.writestr(NAME, msgspec.json.encode(manifest))
            self._zip.close()


class MemberWriter:
    """Writes one member, and keeps its size and hash."""

    def __init__(self, name: str, path: Path, opened: IO[bytes]) -> None:
        self._name, self._path, self._opened = name, path, opened
        self._hash, self._bytes = hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        """Add some bytes. Raises `NotWritten`."""
        self._hash.update(data)
        self._bytes += len(data)
        with writing(self._path):
            self._opened.write(data)

    @property
    def written(self) -> Member:
        """The member so far."""
        return Member(self._name, self._bytes, self._hash.hexdigest())


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Raise `NotWritten` instead of an `OSError`."""
    try:
        yield
    except OSError as error:
        raise NotWritten(f"{path} cannot be written: {error.strerror}.") from error


def require_new(path: Path) -> None:
    """Raise `BackupExists` if something with this name exists."""
    if os.path.lexists(path):
        raise BackupExists(f"{path} exists: a backup replaces nothing. Give another name.")  # fmt: skip


@contextmanager
def new_backup(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that only its owner can read; it gets its name at the end.

    Raises `BackupExists` or `NotWritten`. After any error, the partial file is deleted.
    """
    require_new(path)
    with writing(path):
        handle, name = tempfile.mkstemp(prefix=".unwrapped-", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            with writing(path):
                file.flush()
                os.fsync(file.fileno())
        require_new(path)
        with writing(path):
            part.rename(path)
    finally:
        part.unlink(missing_ok=True)


class BackupFile:
    """A backup that is open for reading. Every method can raise `DamagedBackup`."""

    def __init__(self, path: Path, opened: zipfile.ZipFile) -> None:
        self._path = path
        self._zip = opened
        self.manifest = read_manifest(self._manifest())

    def verify(self) -> None:
        """Read every member to its end, and compare it with the manifest."""
        named = sorted([NAME, *(member.name for member in self.manifest.members)])
        if named != sorted(self._zip.namelist()):
            raise DamagedBackup(f"{self._path} lacks a member, or has an extra one.")
        for member in self.manifest.members:
            for _ in self.pieces(member):
                pass

    def pieces(self, member: Member) -> Iterator[bytes]:
        """Yield a member in pieces, the last one only if the hash of all is right."""
        found, size = hashlib.sha256(), 0
        held = b""
        with reading(self._path, member.name), self._zip.open(member.name) as opened:
            while piece := opened.read(PIECE_BYTES):
                size += len(piece)
                found.update(piece)
                if size > member.bytes:
                    break
                if held:
                    yield held
                held = piece
        if size != member.bytes or found.hexdigest() != member.sha256:
            raise _damaged(self._path, member.name)
        if held:
            yield held

    def _manifest(self) -> bytes:
        with reading(self._path, NAME):
            if NAME not in self._zip.namelist():
                raise DamagedBackup(f"{self._path} is a zip, but not a backup of Unwrapped.")  # fmt: skip
            if self._zip.getinfo(NAME).file_size > MOST_MANIFEST_BYTES:
                raise _damaged(self._path, NAME)
            return self._zip.read(NAME)


@contextmanager
def open_backup(path: Path) -> Iterator[BackupFile]:
    """Open the backup in a file. Raises `DamagedBackup` or `BackupTooNew`."""
    try:
        opened = zipfile.ZipFile(path)
    except PermissionError as error:
        raise DamagedBackup(f"{path} cannot be read: {error.strerror}.") from error
    except _UNREADABLE as error:
        raise DamagedBackup(
            f"{path} is not a complete backup: it was cut off, or is a file of another"
            " kind."
        ) from error
    with opened:
        yield BackupFile(path, opened)


@contextmanager
def reading(path: Path, name: str) -> Iterator[None]:
    """Raise `DamagedBackup` if the member cannot be read."""
    try:
        yield
    except _UNREADABLE as error:
        raise _damaged(path, name) from error


def _damaged(path: Path, name: str) -> DamagedBackup:
    return DamagedBackup(
        f"{path} is damaged: {name} is not what was written. Nothing was restored; take"
        " another copy of the file, or an earlier backup."
    )
