"""Made-up listeners by the hundred, as different in kind and length as real ones."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from examples.listen import Listen
from examples.listener_traits import KINDS
from examples.listening import listens_between

END = date(2025, 12, 31)
MOST_ROWS = 12_000
ROWS_A_DAY, SPREAD = 40, 0.5
"""Listens on a day of a history of a year or less: the median, and the spread in natural
logarithms. (Public histories have 43 plays a day with music: these are thinned out, so
that hundreds can be made in seconds.)"""


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up listener: what `listens_between` has to know."""

    kind: str
    seed: int
    rows: int
    first: date
    last: date

    def listens(self) -> Iterator[Listen]:
        """Their history."""
        return listens_between(self.kind, self.seed, self.rows, self.first, self.last)


def population(count: int) -> list[Person]:
    """`count` listeners, the same ones each time; a longer list begins with a shorter.

    Every other one has no strong habit; the others have those of each kind in turn. The
    histories last from a month to twelve years, the most of them a year.
    """
    return [_person(number) for number in range(count)]


def _person(number: int) -> Person:
    rng = Random(f"person {number}")
    kinds = [kind for kind in KINDS if kind != "ordinary"]
    kind = kinds[number // 2 % len(kinds)] if number % 2 else "ordinary"
    days = _days(rng)
    last = END - timedelta(days=rng.randrange(365))
    a_day = ROWS_A_DAY * math.exp(rng.gauss(0, SPREAD)) * min(1.0, (365 / days) ** 0.6)
    rows = max(300, min(MOST_ROWS, round(a_day * days)))
    return Person(kind, number, rows, last - timedelta(days=days - 1), last)


def _days(rng: Random) -> int:
    """A month to a year for a third, a year for a third, up to twelve years for the rest."""
    at = rng.random()
    if at < 1 / 3:
        return rng.randrange(30, 365)
    if at < 2 / 3:
        return 365
    return round(365 * 12 ** rng.random())
