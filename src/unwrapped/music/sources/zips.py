"""Opens zips and nested zips; only one chain of nested zips is open at a time."""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from unwrapped.music.sources.limits import MIB, DirectoryTooLarge, Limits

COPIED_BYTES = MIB
ENTRY_MAGIC = b"PK\x01\x02"
"""The signature of each entry in a zip's directory."""

HISTORY_IN_ZIPS = (
    b"endsong",
    b"streaminghistory",
    b"streaming_history",
    b"spotify_data",
    b"listenbrainz_",
    b"scrobbles",
)
"""Parts of the names of history files and their zips."""

_DOCUMENTS = {
    "[Content_Types].xml": "an office document",
    "mimetype": "a document",
    "META-INF/MANIFEST.MF": "a program",
    "AndroidManifest.xml": "a program",
}
"""The kind of a zip that is a document, by an entry that shows it."""


@dataclass(frozen=True, slots=True)
class ZipPlace:
    """The place of a zip: a file, or an entry of a zip at another place."""

    file: Path
    entries: tuple[zipfile.ZipInfo, ...] = ()

    @property
    def depth(self) -> int:
        """1 for a zip that is not nested."""
        return len(self.entries) + 1

    def inside(self, entry: zipfile.ZipInfo) -> "ZipPlace":
        """The place of a zip that is an entry of this one."""
        return ZipPlace(self.file, (*self.entries, entry))


class OpenZips:
    """Keeps open the zip that was read last and the zips around it, and no others.

    A nested zip is copied to an unnamed file while it is open.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._open: list[tuple[ZipPlace, zipfile.ZipFile, ExitStack]] = []

    def open(self, place: ZipPlace) -> zipfile.ZipFile:
        """The zip at `place`, which stays open until a zip outside it is requested.

        Raises what `zipfile` raises, `OSError`, and `DirectoryTooLarge`.
        """
        chain = [
            ZipPlace(place.file, place.entries[:depth]) for depth in range(place.depth)
        ]
        while self._open and self._open[-1][0] not in chain:
            self._open.pop()[2].close()
        for step in chain[len(self._open) :]:
            with ExitStack() as stack:
                stream = stack.enter_context(self._stream(step))
                guarded = _Guarded(stream, self._limits)
                archive = stack.enter_context(zipfile.ZipFile(guarded))
                guarded.is_listing = False
                self._open.append((step, archive, stack.pop_all()))
        return self._open[-1][1]

    def close(self) -> None:
        """Close all zips."""
        while self._open:
            self._open.pop()[2].close()

    def _stream(self, place: ZipPlace) -> IO[bytes]:
        if not place.entries:
            return place.file.open("rb")
        with ExitStack() as stack:
            spool = stack.enter_context(tempfile.TemporaryFile())
            with self._open[-1][1].open(place.entries[-1]) as packed:
                shutil.copyfileobj(packed, spool, COPIED_BYTES)
            stack.pop_all()
        return spool


class _Guarded(io.RawIOBase):
    """The stream of a zip that limits its directory, which `zipfile` reads at once,
    creating an object for each entry. The check reads the directory itself, not the
    end record, which readers may interpret differently.
    """

    def __init__(self, stream: IO[bytes], limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self.is_listing = True

    def read(self, size: int = -1, /) -> bytes:
        if not self.is_listing:
            return self._stream.read(size)
        limits = self._limits
        most = limits.directory_bytes
        data = self._stream.read(most + 1 if size < 0 else min(size, most + 1))
        if len(data) > most:
            raise DirectoryTooLarge(
                f"has a directory of more than {most / MIB:,.0f} MiB"
            )
        if data.count(ENTRY_MAGIC) > limits.entries:
            raise DirectoryTooLarge(f"has more than {limits.entries:,} files")
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True


def document_kind(archive: zipfile.ZipFile) -> str | None:
    """The kind of a zip that is a document; None if it is a folder of files."""
    return next(
        (kind for name, kind in _DOCUMENTS.items() if name in archive.NameToInfo), None
    )


def names_history(file: Path) -> bool:
    """Whether a zip that cannot be opened contains names of history files.

    Names are neither compressed nor encrypted.
    """
    if any(
        name in file.name.lower().encode(errors="replace") for name in HISTORY_IN_ZIPS
    ):
        return True
    with file.open("rb") as stream:
        return any(
            name in piece for piece in _lower_pieces(stream) for name in HISTORY_IN_ZIPS
        )


def _lower_pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in lower case, in pieces that overlap by the longest name."""
    before = b""
    while piece := stream.read(COPIED_BYTES):
        before = before[-max(map(len, HISTORY_IN_ZIPS)) :] + piece.lower()
        yield before
