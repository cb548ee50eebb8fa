"""A line of the stock: a text with slots, and the conditions (the gate) under which it fits."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from string import Formatter
from typing import Any

from unwrapped.music.critic.evidence import NAMES, Evidence

SURPRISE = "surprise"
"""The name in gates for the distance of a finding from its base rate."""

SMALL = 10
"""Readers do not notice that a figure up to this size occurs again."""

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
    "is": operator.eq,
    "is not": operator.ne,
}
_CONDITION = re.compile(r"([a-z]\w*) (<=|>=|<|>|is not|is) (\d+(?:\.\d+)?|[a-z]\w*)")


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of a fact with a bound or another fact: `plays >= 100`, `mon_plays >
    sat_plays`, `newest is not a1`."""

    name: str
    comparison: str
    bound: float | str

    @property
    def names(self) -> set[str]:
        """The names of the facts that it compares."""
        return {self.name, self.bound} if isinstance(self.bound, str) else {self.name}

    def holds(self, facts: Mapping[str, Evidence], surprise: float = 0.0) -> bool:
        """Whether the facts meet the condition; False if one is missing or of another
        kind."""
        value = _value(self.name, facts, surprise)
        bound = (
            _value(self.bound, facts, surprise)
            if isinstance(self.bound, str)
            else self.bound
        )
        if value is None or bound is None:
            return False
        if isinstance(value, int | float) != isinstance(bound, int | float):
            return False
        return _COMPARISONS[self.comparison](value, bound)


def _value(
    name: str, facts: Mapping[str, Evidence], surprise: float
) -> float | str | date | None:
    if name == SURPRISE:
        return surprise
    held = facts.get(name)
    return None if held is None else held.value


@cache
def gate_of(when: str) -> tuple[Condition, ...]:
    """The conditions in a text such as `plays >= 100 and days > 7`.

    Raises `ValueError` for a text that cannot be read.
    """
    conditions = []
    for part in when.split(" and ") if when else ():
        found = _CONDITION.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{part!r} is not a condition like 'plays >= 100'")
        bound = float(found[3]) if found[3][0].isdigit() else found[3]
        conditions.append(Condition(found[1], found[2], bound))
    return tuple(conditions)


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and the evidence that it uses."""

    text: str
    evidence: list[Evidence]

    @property
    def names(self) -> set[str]:
        """The names in the text, as they are written."""
        return {fact.text for fact in self.evidence if fact.unit in NAMES}

    @property
    def figures(self) -> set[str]:
        """The figures and dates in the text that a reader would notice if they came
        again."""
        return {_figure(held) for held in self.evidence if _is_noticed(held)}


class Line:
    """One to three sentences with slots, which facts fill.

    Raises `ValueError` for a gate that cannot be read.
    """

    def __init__(self, text: str, when: str = "") -> None:
        self.text = text
        self.when = gate_of(when)
        parts = Formatter().parse(text)
        self._order = tuple(dict.fromkeys(name for _, name, _, _ in parts if name))
        self.slots = frozenset(self._order)

    @property
    def needs(self) -> frozenset[str]:
        """The names of the facts in its slots and its gate."""
        gate = {name for one in self.when for name in one.names}
        return self.slots | (gate - {SURPRISE})

    def fits(self, facts: Mapping[str, Evidence], surprise: float) -> bool:
        """Whether the facts of its slots exist, have different names and pass its
        gate."""
        if not self.slots <= facts.keys():
            return False
        names = [facts[slot].text for slot in self.slots if facts[slot].unit in NAMES]
        return len(names) == len(set(names)) and all(
            condition.holds(facts, surprise) for condition in self.when
        )

    def say(self, facts: Mapping[str, Evidence]) -> Said:
        """The text with the facts in its slots, and these facts in the order of the
        text."""
        held = {name: facts[name] for name in self._order}
        words = {name: one.text for name, one in held.items()}
        return Said(self.text.format(**words), list(held.values()))


def _figure(held: Evidence) -> str:
    """What a reader notices of a fact: of `46 plays` and `46 days` the number `46`."""
    counted = isinstance(held.value, int | float) and held.unit != "share"
    return held.text.split()[0] if counted else held.text


def _is_noticed(held: Evidence) -> bool:
    if held.unit in NAMES or held.unit in {"weekday", "calendar_month", "clock"}:
        return False
    return (
        not isinstance(held.value, int | float)
        or held.unit == "share"
        or held.value > SMALL
    )
