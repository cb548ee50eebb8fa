"""Columns of amounts over time, on one scale; there is space for the weeks of a year."""

import math
from dataclasses import dataclass

from markupsafe import Markup

from unwrapped.web.drawing.geometry import Scale, linear
from unwrapped.web.drawing.svg import Drawing, line, linked, path, rect, text

WIDTH, HEIGHT, PEAK_ROOM, FOOT = 720.0, 200.0, 30.0, 34.0
LABELS = 6
"""The most columns that have a name below them: a phone has space for no others."""

LETTER, BETWEEN = 12.5, 30.0
"""The width of a letter of a name on a phone, and the space between two names."""

GAP_SHARE, WIDEST = 0.2, 90.0
NEAR_EDGE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The amount of one step of time, such as a week."""

    label: str
    """The name of the step, shown below the column if there is space."""

    said: str
    """The amount in words, shown when a pointer rests on it."""

    amount: int
    part: int = 0
    """The part of the amount that is drawn strong; the rest is drawn paler below it."""

    former: int | None = None
    """The amount of the same step in the previous period; None if there is no such step."""

    target: str = ""
    """The address that the column links to."""


def draw_columns(columns: list[Column], peak: int | None, words: str) -> Drawing:
    """Draw a column for each step, and the previous period as a line over them.

    At least one amount must be above 0. The column `peak` has the accent colour, and
    `words` above it; None if no column stands out.
    """
    step = min(WIDTH / len(columns), WIDEST)
    most = max(max(one.amount, one.former or 0) for one in columns)
    height = linear(0, most, 0, HEIGHT - PEAK_ROOM)
    parts: list[Markup] = []
    for number, one in enumerate(columns):
        left, wide = number * step + step * GAP_SHARE / 2, step * (1 - GAP_SHARE)
        parts += _column(one, left, wide, height, is_peak=number == peak)
    parts.append(line(0, HEIGHT, len(columns) * step, HEIGHT, "rule"))
    parts += _former(columns, step, height)
    if peak is not None:
        top = HEIGHT - height(columns[peak].amount)
        parts.append(_named(peak, step, top - 8, words, "top"))
    parts += _labels(columns, step)
    return Drawing(WIDTH, HEIGHT + FOOT, Markup("\n").join(parts))


def _labels(columns: list[Column], step: float) -> list[Markup]:
    """The names of some columns, in their middle; near the left edge, from there on."""
    widest = max(len(one.label) for one in columns) * LETTER
    apart = math.ceil((widest + BETWEEN) / step)
    labels: list[Markup] = []
    for number in range(0, len(columns), max(apart, -(-len(columns) // LABELS))):
        middle, label = (number + 0.5) * step, columns[number].label
        half = len(label) * LETTER / 2
        if middle < half:
            labels.append(text(number * step, HEIGHT + 24, label, "soft"))
        elif middle + half <= WIDTH:
            labels.append(text(middle, HEIGHT + 24, label, "soft middle"))
    return labels


def _column(
    one: Column, left: float, wide: float, height: Scale, *, is_peak: bool
) -> list[Markup]:
    if not one.amount:
        return []
    tall, strong = height(one.amount), "accent" if is_peak else "bar"
    if not one.part:
        mark = rect(left, HEIGHT - tall, wide, tall, strong, one.said)
        return [linked(one.target, mark)]
    pale = height(one.amount - one.part)
    marks = [rect(left, HEIGHT - tall, wide, tall - pale, strong, one.said)]
    if pale:
        marks.append(rect(left, HEIGHT - pale, wide, pale, "pale", one.said))
    return [linked(one.target, mark) for mark in marks]


def _former(columns: list[Column], step: float, height: Scale) -> list[Markup]:
    """The line of the previous period, from step to step."""
    steps, begins = "", True
    for number, one in enumerate(columns):
        if one.former is None:
            begins = True
            continue
        y = HEIGHT - height(one.former)
        first, last = number * step, (number + 1) * step
        steps += f"{'M' if begins else 'L'}{first:.1f} {y:.1f}L{last:.1f} {y:.1f}"
        begins = False
    return [path(steps, "former")] if steps else []


def _named(number: int, step: float, y: float, words: str, names: str) -> Markup:
    """A text at a column, moved so that it stays within the drawing."""
    middle = (number + 0.5) * step
    if middle < NEAR_EDGE:
        return text(number * step, y, words, names)
    if middle > WIDTH - NEAR_EDGE:
        return text((number + 1) * step, y, words, f"{names} end")
    return text(middle, y, words, f"{names} middle")
