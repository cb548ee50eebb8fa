"""A rule of the house critic: claim, base rate, evidence. Its words are in `stock/`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from unwrapped.music.critic.base_rate import BaseRate, BaseRateCurve
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.profile.taste import TasteProfile

FIRES_AT = 1.0

type Family = Literal[
    "hours", "week", "season", "presence", "peaks", "portions", "sittings", "spread",
    "once", "devotion", "time", "throne", "bonds", "repeats", "attention", "order",
    "length", "rivals", "charts", "company", "haunts", "moments", "encounters", "months",
    "names", "words", "sleep", "routine", "loops",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule looks at in a profile."""

    value: float
    """The figure that is held against the base rate; above 0 if that is an amount."""

    facts: dict[str, Evidence]
    """The evidence, by the slot that it has in lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that may be said of a listener, if a measure is far from ordinary."""

    name: str
    family: Family
    """Kin rules; a verdict takes one of a family."""

    claim: str
    side: Literal["high", "low"]
    """Which side of the base rate the claim is about."""

    base_rate: BaseRateCurve
    find: Callable[[TasteProfile], Finding | None]
    """The figure that decides, and the facts; None when it is unknown or too thin."""

    def surprise(self, finding: Finding, base: BaseRate) -> float:
        """How far a finding is from ordinary on the rule's side, in spreads.

        `base` is the base rate at the length of the profile. Negative on the other side.
        The rule fires from `FIRES_AT` on.
        """
        above = base.surprise(finding.value)
        return above if self.side == "high" else -above
