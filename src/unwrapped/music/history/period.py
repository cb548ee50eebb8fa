"""Periods of a listening history: whole days in the listener's zone, both included."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from unwrapped.core.exceptions import Invalid

GRAMMAR = (
    "all, a year (2025), a month (2025-11), a day (2025-11-30), two days"
    " (2025-01-01..2025-06-30), last-7, last-30, last-90 or last-365 (days up to today),"
    " this-week, this-month or this-year, last-week, last-month or last-year"
)
"""The texts that `Period.parse` reads, in words."""

_DAY = r"\d{4}-\d\d-\d\d"
_FORM = re.compile(
    rf"(?P<first>{_DAY})(\.\.(?P<last>{_DAY}))?|(?P<year>\d{{4}})(-(?P<month>\d{{2}}))?",
    re.ASCII,
)
_RELATIVE = re.compile(r"last-(?P<days>7|30|90|365)|(?P<which>this|last)-(?P<unit>week|month|year)")  # fmt: skip
_ONE_DAY = timedelta(days=1)


class UnknownPeriod(Invalid):
    """A text is not a period."""

    code = "unknown_period"


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`, both included; None leaves that side open."""

    first: date | None = None
    last: date | None = None

    @classmethod
    def parse(cls, text: str, today: date | None = None) -> Self:
        """Parse a period (`GRAMMAR`).

        Relative periods count from `today`, in the listener's zone; without it, they are
        unknown. Raises `UnknownPeriod`, also for days that do not exist.
        """
        if text == "all":
            return cls()
        relative = _RELATIVE.fullmatch(text) if today else None
        match = _FORM.fullmatch(text)
        try:
            if relative and today:
                return cls._relative(relative, today)
            if match is None:
                raise ValueError(text)  # noqa: TRY301 - one way out for every bad text
            return cls._from(match)
        except (ValueError, OverflowError) as error:
            raise UnknownPeriod(
                f"{text!r} is not a period. Write {GRAMMAR}."
            ) from error

    @classmethod
    def _from(cls, match: re.Match[str]) -> Self:
        if match["first"]:
            first = date.fromisoformat(match["first"])
            last = date.fromisoformat(match["last"] or match["first"])
            if last < first:
                raise UnknownPeriod(
                    f"The two days of the period are the wrong way round: {first} is after"
                    f" {last}. Write {last}..{first}."
                )
            return cls(first, last)
        year = int(match["year"])
        if not match["month"]:
            return cls._year(year)
        return cls._month(year, int(match["month"]))

    @classmethod
    def _relative(cls, match: re.Match[str], today: date) -> Self:
        if match["days"]:
            return cls(today - timedelta(days=int(match["days"]) - 1), today)
        if match["unit"] == "week":
            monday = today - timedelta(days=today.weekday())
            this = cls(monday, monday + timedelta(days=6))
        elif match["unit"] == "month":
            this = cls._month(today.year, today.month)
        else:
            this = cls._year(today.year)
        return this if match["which"] == "this" else this._shifted(-1)

    @classmethod
    def _year(cls, year: int) -> Self:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def _month(cls, year: int, month: int) -> Self:
        days = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
        return cls(date(year, month, 1), date(year, month, days))

    @property
    def earlier(self) -> Self | None:
        """The previous period of the same shape: the year before a year, the month
        before a month, otherwise as many days. None if a side is open, or at the start
        of the calendar.
        """
        return self._neighbour(-1)

    @property
    def later(self) -> Self | None:
        """The next period, like `earlier`."""
        return self._neighbour(1)

    def compared_with(self, today: date) -> Self | None:
        """The period to compare this one with: `earlier`; while this one lasts, only as
        many of its days as have begun of this one.
        """
        before, first, last = self.earlier, self.first, self.last
        if before is None or before.first is None or first is None or last is None:
            return None
        if not first <= today < last:
            return before
        same = before.first + (today - first)
        return type(self)(before.first, min(same, before.last or same))

    def _neighbour(self, steps: int) -> Self | None:
        try:
            return self._shifted(steps) if self.first and self.last else None
        except (ValueError, OverflowError):
            return None

    def _shifted(self, steps: int) -> Self:
        first, last = self.first or date.min, self.last or date.max
        if self == self._year(first.year):
            return self._year(first.year + steps)
        if self == self._month(first.year, first.month):
            months = first.year * 12 + first.month - 1 + steps
            return self._month(months // 12, months % 12 + 1)
        days = (last - first + _ONE_DAY) * steps
        return type(self)(first + days, last + days)

    def __str__(self) -> str:
        """The shortest text; `parse` reads it unless exactly one side is open."""
        first, last = self.first, self.last
        if first is None or last is None:
            return f"{first or ''}..{last or ''}" if first or last else "all"
        if first == last:
            return f"{first}"
        if self == self._year(first.year):
            return f"{first}"[:4]
        if self == self._month(first.year, first.month):
            return f"{first}"[:7]
        return f"{first}..{last}"
