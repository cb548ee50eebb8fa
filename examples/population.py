"""Hundreds of made-up listeners, as different in kind and length as real ones."""

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
"""Listens per day in a history of up to a year: the median, and the spread in natural
logarithms. (Public histories have 43 plays on a day with music. Longer histories have
fewer rows here, so that hundreds can be made in seconds.)"""


@dataclass(frozen=True, slots=True)
class Person:
    """A made-up listener: the arguments of `listens_between`."""

    kind: str
    seed: int
    rows: int
    first: date
    last: date

    def listens(self) -> Iterator[Listen]:
        """Their history."""
        return listens_between(self.kind, self.seed, self.rows, self.first, self.last)


def population(count: int) -> list[Person]:
    """`count` listeners, always the same; a longer list begins with all of a shorter
    one.

    Every other listener has no strong habit; the others have the kinds in turn. The
    histories last from a month to twelve years; a third of them lasts a year.
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
    """The days of a history: up to a year, a year, or up to twelve years, a third each."""
    at = rng.random()
    if at < 1 / 3:
        return rng.randrange(30, 365)
    if at < 2 / 3:
        return 365
    return round(365 * 12 ** rng.random())
