"""Periods of a listening history: whole days in the listener's zone, both included."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Self

from unwrapped.core.exceptions import Invalid

_FORM = re.compile(
    r"(?P<year>\d{4})(-(?P<month>\d{2}))?|(?P<first>\d{4}-\d\d-\d\d)\.\.(?P<last>\d{4}-\d\d-\d\d)",
    re.ASCII,
)


class UnknownPeriod(Invalid):
    """A text that names no period."""

    code = "unknown_period"


@dataclass(frozen=True, slots=True)
class Period:
    """From `first` to `last`, both included; None leaves that side open."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """`all`, a year `2025`, a month `2025-11`, or `2025-01-01..2025-06-30`.

        Raises `UnknownPeriod` for anything else, also for days that do not exist.
        """
        if text == "all":
            return cls()
        match = _FORM.fullmatch(text)
        try:
            if match is None:
                raise ValueError(text)  # noqa: TRY301 - one way out for every bad text
            return cls._from(match)
        except ValueError as error:
            raise UnknownPeriod(
                f"{text!r} is no period. Write all, a year (2025), a month (2025-11) or"
                " two days (2025-01-01..2025-06-30)."
            ) from error

    @classmethod
    def _from(cls, match: re.Match[str]) -> Self:
        if match["first"]:
            first = date.fromisoformat(match["first"])
            last = date.fromisoformat(match["last"])
            if last < first:
                raise ValueError(match[0])
            return cls(first, last)
        year = int(match["year"])
        if not match["month"]:
            return cls(date(year, 1, 1), date(year, 12, 31))
        month = int(match["month"])
        if month not in range(1, 13):
            raise ValueError(match[0])
        days = calendar.monthrange(year, month)[1]
        return cls(date(year, month, 1), date(year, month, days))

    def __str__(self) -> str:
        """The shortest text for this period; `parse` reads it if no single side is open."""
        first, last = self.first, self.last
        if first is None or last is None:
            return f"{first or ''}..{last or ''}" if first or last else "all"
        for text in (f"{first}"[:4], f"{first}"[:7]):
            if Period.parse(text) == self:
                return text
        return f"{first}..{last}"
