"""Geometry of drawings: scales, and parts of a ring."""

import math
from collections.abc import Callable

from unwrapped.web.drawing.svg import number

type Scale = Callable[[float], float]


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """Return a scale that maps `low` to `start`, `high` to `end`, and others in proportion."""
    return lambda value: start + (value - low) * (end - start) / (high - low)


def ring(most: float, inner: float, outer: float) -> Scale:
    """Return a scale from an amount to the outer radius of a part of a ring.

    The *area* of the part is proportional to the amount: 0 is at the radius `inner`, `most`
    at `outer`.
    """
    return lambda amount: math.sqrt(inner**2 + amount * (outer**2 - inner**2) / most)


def on_dial(centre: float, radius: float, angle: float) -> tuple[float, float]:
    """The point at an angle, clockwise from the top, in radians."""
    return centre + radius * math.sin(angle), centre - radius * math.cos(angle)


def wedge(
    centre: float, start: float, end: float, inner: float, outer: float, gap: float
) -> str:
    """The path of a part of a ring, which must be less than half of the ring.

    Along each straight side, half of `gap` is left free.
    """

    def at(radius: float, angle: float, side: int) -> str:
        free = side * math.asin(gap / 2 / radius)
        return " ".join(map(number, on_dial(centre, radius, angle + free)))

    inner_arc, outer_arc = number(inner), number(outer)
    return (
        f"M{at(inner, start, 1)}L{at(outer, start, 1)}"
        f"A{outer_arc} {outer_arc} 0 0 1 {at(outer, end, -1)}"
        f"L{at(inner, end, -1)}"
        f"A{inner_arc} {inner_arc} 0 0 0 {at(inner, start, 1)}Z"
    )
