"""A rule of the house critic: its claim, base rate and evidence. Its wordings are in `stock/`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from unwrapped.music.critic.base_rate import BaseRate, BaseRateCurve
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.profile.taste_profile import TasteProfile

FIRES_AT = 1.0

type Family = Literal[
    "hours", "week", "season", "presence", "peaks", "portions", "sittings", "spread",
    "once", "devotion", "time", "throne", "bonds", "repeats", "attention", "order",
    "length", "rivals", "charts", "company", "haunts", "moments", "encounters", "months",
    "names", "words", "sleep", "routine", "loops",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule finds in a profile."""

    value: float
    """The figure that is compared with the base rate; above 0 if that is of an amount."""

    facts: dict[str, Evidence]
    """The evidence by the name of its slot in lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A statement about a listener that applies if a measure is far from ordinary."""

    name: str
    family: Family
    """The group of related rules; a verdict uses at most one rule of a family."""

    claim: str
    side: Literal["high", "low"]
    """The side of the base rate on which the claim holds."""

    base_rate: BaseRateCurve
    find: Callable[[TasteProfile], Finding | None]
    """Returns the deciding figure and the facts; None if they are unknown or too
    few."""

    def surprise(self, finding: Finding, base: BaseRate) -> float:
        """How far a finding is from ordinary on the rule's side, in spreads; negative
        on the other side.

        `base` is the rule's base rate for the length of the profile. The rule fires from
        `FIRES_AT` on.
        """
        above = base.surprise(finding.value)
        return above if self.side == "high" else -above
