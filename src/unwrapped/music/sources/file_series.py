"""Files that a service numbers, recognised by their names."""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol, runtime_checkable

from unwrapped.music.sources.logs import LOGS, LogName

NUMBER = r"(?P<number>\d{1,3})"
"""The part of a pattern that matches the number."""


@dataclass(frozen=True, slots=True)
class Series:
    """Files of one log that are numbered together, from 0."""

    stem: str
    """The name before the number, with `...` for years."""

    pattern: str
    log: LogName
    is_in_order: bool = True
    """Whether a file with a higher number has later listens."""

    def number_of(self, path: str) -> int | None:
        """The number of a file; None for a file outside the series."""
        name = PurePosixPath(path).name
        pattern = rf"{self.pattern}(?: ?\(\d+\)| copy)?\.json\b"
        found = re.match(pattern, name, re.IGNORECASE | re.ASCII)
        # A single file has no number.
        return int(found["number"] or 0) if found else None


def filled_by(log: LogName) -> frozenset[str]:
    """The logs whose files can replace a missing file of this log: those of the same
    service that are at least as rich.
    """
    own = LOGS[log]
    return frozenset(
        name.value
        for name, other in LOGS.items()
        if other.service == own.service and other.rank <= own.rank
    )


@runtime_checkable
class Numberer(Protocol):
    """A format whose files are numbered."""

    @property
    def series(self) -> tuple[Series, ...]:
        """The series in which its files are numbered."""
        ...

    @property
    def full_rows(self) -> int | None:
        """The number of rows after which a next file begins; None if it varies."""
        ...
