"""What is ordinary for a measure, and how it changes with the length of a history."""

import math
from dataclasses import dataclass
from typing import Literal

from unwrapped.music.critic.evidence import Unit, written

SMALLEST_SHARE = 1e-4
YEAR = 365

type Scale = Literal["share", "amount"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRate:
    """A typical value, and how far listeners usually are from it on either side.

    About two of three listeners are within one spread: `below` and `above`, in log-odds
    for shares and in natural logarithms for amounts, so that surprises compare like
    z-scores.
    """

    typical: float
    below: float
    above: float
    scale: Scale
    statement: str

    def surprise(self, value: float) -> float:
        """The distance of `value` from the typical one in spreads; negative below
        it."""
        away = place(value, self.scale) - place(self.typical, self.scale)
        return away / (self.above if away > 0 else self.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRateCurve:
    """What is ordinary after a year, and how that changes with the length of a history.

    For each doubling beyond a year, the typical value moves on its scale by `longer`
    times the logarithm of two; for each halving below a year, by minus `shorter` times
    that logarithm.
    """

    typical: float
    below: float
    above: float
    scale: Scale
    unit: Unit
    """The unit in which the typical value is written."""

    says: str
    """A clause that says what the figure is, with `{typical}` in its place."""

    source: str
    shorter: float = 0.0
    longer: float = 0.0

    def at(self, days: int) -> BaseRate:
        """The base rate for a history of `days` days."""
        length = math.log(max(days, 1) / YEAR)
        slope = self.longer if length > 0 else self.shorter
        moved = place(self.typical, self.scale) + slope * length
        typical = math.exp(moved)
        if self.scale == "share":
            typical /= 1 + typical
        return BaseRate(
            typical=typical,
            below=self.below,
            above=self.above,
            scale=self.scale,
            statement=self._statement(typical, moves=slope != 0),
        )

    def _statement(self, typical: float, *, moves: bool) -> str:
        rounded = typical if self.scale == "share" or typical < 10 else round(typical)
        text = self.says.format(typical=f"about {written(rounded, self.unit)}")
        length = ", for a history of this length" if moves else ""
        return f"{text[0].upper()}{text[1:]} ({self.source}{length})."


def share(
    typical: float, below: float, above: float, says: str, source: str,
    *, shorter: float = 0.0, longer: float = 0.0,
) -> BaseRateCurve:  # fmt: skip
    """The base rate of a share in 0..1."""
    return BaseRateCurve(
        typical=typical, below=below, above=above, scale="share", unit="share",
        says=says, source=source, shorter=shorter, longer=longer,
    )  # fmt: skip


def amount(
    typical: float, below: float, above: float, unit: Unit, says: str, source: str,
    *, shorter: float = 0.0, longer: float = 0.0,
) -> BaseRateCurve:  # fmt: skip
    """The base rate of an amount above 0."""
    return BaseRateCurve(
        typical=typical, below=below, above=above, scale="amount", unit=unit,
        says=says, source=source, shorter=shorter, longer=longer,
    )  # fmt: skip


def place(value: float, scale: Scale) -> float:
    """The position of a value on its scale."""
    if scale == "amount":
        return math.log(value)
    inside = min(max(value, SMALLEST_SHARE), 1 - SMALLEST_SHARE)
    return math.log(inside / (1 - inside))
