"""The interface of a format: how files are recognised and rows are read."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

import polars as pl

from unwrapped.core.exceptions import Invalid
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.spellings import Spellings
from unwrapped.shared.zones import parse_zone

UTC_ZONE = parse_zone("UTC")


class DamagedHistory(Invalid):
    """A file begins as listening history but cannot be read to its end."""

    code = "damaged_history"


class ByteReader(Protocol):
    """The input of a format: a file, or an entry of a zip."""

    path: str
    """The path for the user: `export.zip/folder/name.json`."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, `b""` at the end. Raises `Invalid` on damage."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a format knows about the upload to which a file belongs."""

    spellings: Spellings = field(default_factory=Spellings)
    """The dictionary that assigns codes to the spellings of rows."""

    zone: ZoneInfo = UTC_ZONE
    """The listener's zone, for local times that are written without a zone."""

    heads: Mapping[str, Head] = field(default_factory=dict)
    """The beginnings of the first files of history in the upload, by path."""

    learned: dict[str, str] = field(default_factory=dict)
    """What formats have learned from other files, under keys of their own."""


class Format(Protocol):
    """A file format with rows of one or more logs."""

    @property
    def logs(self) -> tuple[LogName, ...]:
        """The logs of its rows; the first one is the default."""
        ...

    def recognises(self, head: Head) -> bool:
        """Whether a file that begins like this is in this format."""
        ...

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        """All rows of a file as frames of `rows.frame.ROW_SCHEMA`, batch by batch.

        Raises `DamagedHistory` when the file cannot be read to its end.
        """
        ...


@runtime_checkable
class Mixed(Protocol):
    """A format whose rows may share a JSON array with rows of another format.

    Its frames have a row for each element of the array; `reasons.OTHER_FORM` marks
    elements of other formats.
    """

    @property
    def stands_among_others(self) -> bool:
        """Always true."""
        ...


@runtime_checkable
class Learner(Protocol):
    """A format that reads each of its files once before any file is read for rows."""

    def learn(self, file: ByteReader, context: Context) -> None:
        """Add to `context.learned` what is needed to read the rows of other files.

        Raises `DamagedHistory` when the file cannot be read to its end.
        """
        ...


@runtime_checkable
class Refuser(Protocol):
    """A format that can say what is missing in a file that nearly matches it."""

    def refuses(self, head: Head) -> str | None:
        """What the file is and what it lacks, in words; None if it is something else."""
        ...


@runtime_checkable
class Repeater(Protocol):
    """A format whose files may repeat the rows of other files."""

    def repeats(self, path: str, folders: Set[str]) -> str | None:
        """Why the file at `path` is not read; None if it is read.

        `folders` are all folders of the upload with a file of history below them.
        """
        ...
