"""A line of the stock: a text with slots, and the gate that it needs."""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from string import Formatter

from unwrapped.music.critic.evidence import NAMES, Evidence

SURPRISE = "surprise"
"""What a gate calls the distance of a finding from its ground."""

SMALL = 10
"""A figure up to this size is not noticed when it comes again."""

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_CONDITION = re.compile(r"(\w+) (<=|>=|<|>) (\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Condition:
    """`plays >= 100`: a figure of a fact against a bound."""

    name: str
    comparison: str
    bound: float

    def holds(self, value: float) -> bool:
        """Whether a figure meets it."""
        return _COMPARISONS[self.comparison](value, self.bound)


@dataclass(frozen=True, slots=True)
class Said:
    """A text, and the evidence that it uses."""

    text: str
    evidence: list[Evidence]

    @property
    def names(self) -> set[str]:
        """The names in it, as they are written."""
        return {fact.text for fact in self.evidence if fact.unit in NAMES}

    @property
    def figures(self) -> set[str]:
        """Figures and dates in it that would be noticed if they came again."""
        return {fact.text for fact in self.evidence if _is_noticed(fact)}


class Line:
    """One to three sentences with slots, which facts fill.

    `worth` is how striking it is where its gate holds: 0 for what is always at hand, to
    1.5 for what nobody should miss. Raises `ValueError` for a gate that cannot be read.
    """

    def __init__(self, text: str, when: str = "", worth: float = 0.0) -> None:
        self.text = text
        self.worth = worth
        self.when = _conditions(when) if when else ()
        parts = Formatter().parse(text)
        self.slots = frozenset(name for _, name, _, _ in parts if name is not None)

    @property
    def needs(self) -> frozenset[str]:
        """The names of the facts in its slots and its gate."""
        gate = {one.name for one in self.when} - {SURPRISE}
        return self.slots | gate

    def fits(self, facts: Mapping[str, Evidence], surprise: float) -> bool:
        """Whether the facts that it uses exist and pass its gate, and no two slots get
        the same name."""
        if not self.slots <= facts.keys():
            return False
        names = [facts[slot].text for slot in self.slots if facts[slot].unit in NAMES]
        return len(names) == len(set(names)) and all(
            condition.holds(surprise)
            if condition.name == SURPRISE
            else _meets(facts.get(condition.name), condition)
            for condition in self.when
        )

    def say(self, facts: Mapping[str, Evidence]) -> Said:
        """The line with its facts, in the order of the facts."""
        evidence = [fact for name, fact in facts.items() if name in self.slots]
        return Said(
            self.text.format(**{name: facts[name].text for name in self.slots}),
            evidence,
        )


def _conditions(gate: str) -> tuple[Condition, ...]:
    conditions = []
    for part in gate.split(" and "):
        found = _CONDITION.fullmatch(part.strip())
        if found is None:
            raise ValueError(f"{part!r} is no condition like 'plays >= 100'")
        conditions.append(Condition(found[1], found[2], float(found[3])))
    return tuple(conditions)


def _meets(fact: Evidence | None, condition: Condition) -> bool:
    return (
        fact is not None
        and isinstance(fact.value, int | float)
        and condition.holds(fact.value)
    )


def _is_noticed(fact: Evidence) -> bool:
    if fact.unit in NAMES or fact.unit in {"weekday", "calendar_month", "clock"}:
        return False
    return (
        not isinstance(fact.value, int | float)
        or fact.unit == "share"
        or fact.value > SMALL
    )
