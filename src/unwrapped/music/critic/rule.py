"""A rule of the house critic: a claim, its base rate, its evidence, its words."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Self

from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.profile.taste import TasteProfile

FIRES_AT = 1.0
SMALLEST_SHARE = 1e-4

type Family = Literal[
    "hours", "week", "season", "presence", "peaks", "portions", "sittings", "spread",
    "once", "devotion", "time", "throne", "bonds", "repeats", "attention", "order",
    "length",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class BaseRate:
    """What is ordinary for a measure, and how far listeners usually are from it.

    `typical` and `spread` are the house's assumptions, stated so that they can be
    disputed; where chance alone gives a figure (five of 24 hours), it is that one.
    """

    typical: float
    spread: float
    """One spread from the typical is as far as about two of three listeners are; in
    log-odds for shares, in natural logarithms for amounts."""

    scale: Literal["share", "amount"]
    statement: str

    @classmethod
    def share(cls, typical: float, spread: float, statement: str) -> Self:
        """A base rate for a share, 0..1."""
        return cls(typical, spread, "share", statement)

    @classmethod
    def amount(cls, typical: float, spread: float, statement: str) -> Self:
        """A base rate for an amount above 0."""
        return cls(typical, spread, "amount", statement)

    def surprise(self, value: float) -> float:
        """Spreads that `value` is above (or, negative, below) the typical."""
        place = _log_odds if self.scale == "share" else math.log
        return (place(value) - place(self.typical)) / self.spread


def _log_odds(share: float) -> float:
    inside = min(max(share, SMALLEST_SHARE), 1 - SMALLEST_SHARE)
    return math.log(inside / (1 - inside))


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule looks at in a profile."""

    value: float
    """The figure that is held against the base rate; above 0 if that is an amount."""

    facts: dict[str, Evidence]
    """The evidence, by the placeholder that it has in the phrasings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that may be said of a listener, if a measure is far from ordinary."""

    name: str
    family: Family
    """Kin rules; a verdict takes few of one family."""

    claim: str
    side: Literal["high", "low"]
    """Which side of the base rate the claim is about."""

    base: BaseRate
    find: Callable[[TasteProfile], Finding | None]
    """The figure that decides, and the facts; None when it is unknown or too thin."""

    phrasings: tuple[str, ...]
    epithet: str
    """What the listener is called in a title when this stands out most."""

    def surprise(self, finding: Finding) -> float:
        """How far a finding is from ordinary on the rule's side, in spreads.

        Negative on the other side. The rule fires from `FIRES_AT` on.
        """
        above = self.base.surprise(finding.value)
        return above if self.side == "high" else -above
