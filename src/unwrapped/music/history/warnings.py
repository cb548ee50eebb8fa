"""What looks wrong in a history, as data: noticed, said in plain words, never mended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class WarningCode(StrEnum):
    """What there is to look at."""

    MISSING_FILE = "missing_file"
    """A number is missing among numbered files."""

    FULL_FILE = "full_file"
    """A file is as long as a file can be, and no other goes on after it."""

    SHIFTED = "shifted"
    """Many listens of two logs are the same, but for one constant difference."""

    BACK_FILLED = "back_filled"
    """Times of listens are not those at which they can have been heard."""


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment to another."""

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
    """The files that it is about; years in a name are left out where they are unknown."""

    numbers: list[int] = field(default_factory=list)
    """The missing numbers."""

    logs: list[str] = field(default_factory=list)
    """The logs that it is about; of two the one that is in doubt comes first."""

    offset_minutes: int | None = None
    """How much later the listens of the log in doubt are; negative: earlier."""

    listens: int | None = None
    """How many listens show it."""

    spans: list[Span] = field(default_factory=list)
    """When those listens are; of a missing file, the time that nothing was read of."""


def holes(warnings: Sequence[HistoryWarning]) -> list[Span]:
    """The spans of time that missing files leave, in order."""
    spans = [
        span
        for warning in warnings
        if warning.code == WarningCode.MISSING_FILE
        for span in warning.spans
    ]
    return sorted(spans, key=lambda span: (span.first, span.last))
