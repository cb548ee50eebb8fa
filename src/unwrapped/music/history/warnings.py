"""Warnings about what looks wrong in a history, which is never changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class WarningCode(StrEnum):
    """The kinds of warnings."""

    MISSING_FILE = "missing_file"
    """A number is missing among numbered files."""

    FULL_FILE = "full_file"
    """A file has as many rows as a file can have, and no other file follows."""

    SHIFTED = "shifted"
    """Many listens of two logs are the same, except for one constant difference."""

    BACK_FILLED = "back_filled"
    """Listens have times at which nobody can have heard them."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time from one moment to another."""

    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryWarning:
    """Something that the listener should look at."""

    code: WarningCode
    text: str
    """What looks wrong: a sentence."""

    advice: str
    """What to do about it: sentences."""

    names: list[str] = field(default_factory=list)
    """The files that the warning is about; `...` stands for unknown years in a name."""

    numbers: list[int] = field(default_factory=list)
    """The missing numbers."""

    logs: list[str] = field(default_factory=list)
    """The logs that the warning is about, the doubtful one first."""

    offset_minutes: int | None = None
    """How much later the listens of the doubtful log are; negative: earlier."""

    listens: int | None = None
    """The number of listens that show what looks wrong."""

    spans: list[Span] = field(default_factory=list)
    """The spans of these listens; for a missing file, the time without data."""


def holes(warnings: Sequence[HistoryWarning]) -> list[Span]:
    """The spans of time that missing files leave open, in order."""
    spans = [
        span
        for warning in warnings
        if warning.code == WarningCode.MISSING_FILE
        for span in warning.spans
    ]
    return sorted(spans, key=lambda span: (span.first, span.last))
