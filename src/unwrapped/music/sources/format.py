"""The port of a format: how a file is recognised and how its rows are read."""

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
    """A file begins as listening history and cannot be read to its end."""

    code = "damaged_history"


class ByteReader(Protocol):
    """What a format reads from: a file, or an entry of a zip."""

    path: str
    """How the user knows this file: `export.zip/folder/name.json`."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes, `b""` at the end. Raises `Invalid` on damage."""
        ...


@dataclass(frozen=True, slots=True)
class Context:
    """What a format knows of the upload that a file is part of."""

    spellings: Spellings = field(default_factory=Spellings)
    """Where the names of rows get their codes."""

    zone: ZoneInfo = UTC_ZONE
    """The listener's zone, for times that are written without one in local time."""

    heads: Mapping[str, Head] = field(default_factory=dict)
    """The beginnings of the upload's first files of history, by path."""

    learned: dict[str, str] = field(default_factory=dict)
    """What formats have learned from other files, in words of their own."""


class Format(Protocol):
    """One form in which bytes hold rows of one or more logs."""

    @property
    def logs(self) -> tuple[LogName, ...]:
        """The logs of its rows. The first is that of rows that do not say it."""
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
    """A format whose rows may stand between those of another one in a JSON array.

    Its frames have a row for each element of the array; `reasons.OTHER_FORM` marks those
    that are not its own.
    """

    @property
    def stands_among_others(self) -> bool:
        """Always true."""
        ...


@runtime_checkable
class Learner(Protocol):
    """A format that reads each of its files once before any file is read for rows."""

    def learn(self, file: ByteReader, context: Context) -> None:
        """Put into `context.learned` what the rows of other files need.

        Raises `DamagedHistory` when the file cannot be read to its end.
        """
        ...


@runtime_checkable
class Refuser(Protocol):
    """A format that knows what a file lacks that is nearly in it."""

    def refuses(self, head: Head) -> str | None:
        """What the file is and lacks, for people; None where it is something else."""
        ...


@runtime_checkable
class Repeater(Protocol):
    """A format whose files may say what other files beside them say."""

    def repeats(self, path: str, folders: Set[str]) -> str | None:
        """Why the file at `path` is not read, where there is history below `folders`.

        None where it is read.
        """
        ...
