"""Draws the quadrant, the clock, the months and rankings as SVG.

A unit is about a pixel on a phone, and more on wide screens.
"""

import math
from dataclasses import dataclass

from markupsafe import Markup

from unwrapped.core.printable import printable
from unwrapped.web.drawing.geometry import linear, on_dial, ring, wedge
from unwrapped.web.drawing.svg import Drawing, circle, line, linked, path, rect, text
from unwrapped.web.drawing.text_width import fitted, in_two_lines
from unwrapped.web.wording import counted, hour

WIDTH = 360.0
MIDDLE = WIDTH / 2
DOT = 9.0

HUB, DIAL, HOUR_ANGLE = 50.0, 150.0, math.tau / 24
WEDGE_GAP = 2.0

MONTHS = "JFMAMJJASOND"
MANY_YEARS = 7
FIRST_MONTH, MONTH_STEP, MONTH_GAP = 44.0, 22.0, 4.0
PEAK_ROOM = 20.0
"""The space above the highest bar of a row, for the text at the greatest amount: it stays
clear of the row above.
"""

RULE, RULE_FOOT = 4.0, 9.0
NAME_EMS, NOTE_EMS, NAME_LINE = 22, 28, 17.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """A value on an axis from -1 to 1, and the names of the two ends."""

    low: str
    high: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBar:
    """The amount of a month, the amount in words (`July 2022: 58.6 hours`), and the address
    that the bar links to."""

    amount: float
    said: str
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRow:
    """The row of a year: its twelve months, and the text at its end."""

    year: int
    months: list[MonthBar]
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RankBar:
    """A name in a ranking, the text below it (`""` for none), its plays, and the address
    that it links to."""

    name: str
    note: str
    plays: int
    target: str = ""


def draw_quadrant(across: Axis, up: Axis) -> Drawing:
    """Draw the place of a listener as a dot in a square of two axes."""
    edge, size = 34.0, 300.0
    left, right = (WIDTH - size) / 2, (WIDTH + size) / 2
    top, bottom, centre = edge, edge + size, edge + size / 2
    x = linear(-1, 1, left, right)(across.value)
    y = linear(-1, 1, bottom, top)(up.value)
    beside = centre + 24 if y < centre else centre - 14
    return _drawing(
        size + 2 * edge,
        [
            rect(left, top, size, size, "frame"),
            line(left, centre, right, centre, "axis"),
            line(MIDDLE, top, MIDDLE, bottom, "axis"),
            line(x, centre, x, y, "lead"),
            line(MIDDLE, y, x, y, "lead"),
            text(MIDDLE, top - 14, up.high, "middle"),
            text(MIDDLE, bottom + 24, up.low, "middle"),
            text(left + 8, beside, across.low),
            text(right - 8, beside, across.high, "end"),
            circle(x, y, DOT, "accent"),
        ],
    )


def draw_axis(axis: Axis) -> Drawing:
    """Draw the place of a listener as a dot on a single axis."""
    left, right, y = 10.0, WIDTH - 10.0, 20.0
    place = linear(-1, 1, left, right)
    return _drawing(
        60,
        [
            line(left, y, right, y, "axis"),
            *(line(place(at), y - 6, place(at), y + 6, "axis") for at in (-1, 0, 1)),
            text(left, 50, axis.low),
            text(right, 50, axis.high, "end"),
            circle(place(axis.value), y, DOT, "accent"),
        ],
    )


def draw_clock(plays: list[int], links: list[str] | None = None) -> Drawing:
    """Draw 24 wedges around a dial, with midnight on top; their areas show the plays.

    At least one hour must have a play. The busiest hour (the first if there are several)
    has the accent colour. Each hour links to one of `links`, if they are given.
    """
    peak = plays.index(max(plays))
    radius = ring(plays[peak], HUB, DIAL)
    wedges = [
        linked(
            links[number] if links else "",
            path(
                wedge(
                    MIDDLE,
                    number * HOUR_ANGLE,
                    (number + 1) * HOUR_ANGLE,
                    HUB,
                    radius(count),
                    WEDGE_GAP,
                ),
                "accent" if number == peak else "bar",
                f"{hour(number)}: {counted(count, 'play')}",
            ),
        )
        for number, count in enumerate(plays)
        if count
    ]
    return _drawing(
        WIDTH,
        [
            circle(MIDDLE, MIDDLE, DIAL, "frame"),
            circle(MIDDLE, MIDDLE, HUB, "frame"),
            *wedges,
            *_dial(),
            text(MIDDLE, MIDDLE + 8, f"{peak:02}:00", "peak middle"),
        ],
    )


def _dial() -> list[Markup]:
    """The labels of every third hour, at the place where the hour begins."""
    marks = []
    for number in range(0, 24, 3):
        x, y = on_dial(MIDDLE, DIAL + 16, number * HOUR_ANGLE)
        marks.append(text(x, y + 4, f"{number:02}", "soft middle"))
    return marks


def draw_months(years: list[YearRow], peak_text: str) -> Drawing:
    """Draw a row of twelve bars for each year, all on one scale.

    At least one month must be above 0. The greatest (the first if there are several) has
    the accent colour, and `peak_text` above it.
    """
    step = 120.0 if len(years) == 1 else 56.0 if len(years) < MANY_YEARS else 42.0
    amounts = [month.amount for year in years for month in year.months]
    most = max(amounts)
    peak = divmod(amounts.index(most), len(MONTHS))
    height = linear(0, most, 0, step - PEAK_ROOM)
    end, foot = FIRST_MONTH + len(MONTHS) * MONTH_STEP, len(years) * step + 18
    parts: list[Markup] = []
    for row, year in enumerate(years):
        base = (row + 1) * step
        parts += [text(0, base, str(year.year)), text(WIDTH, base, year.total, "soft end")]  # fmt: skip
        for column, month in enumerate(year.months):
            if month.amount:
                tall = height(month.amount)
                left = FIRST_MONTH + column * MONTH_STEP + MONTH_GAP / 2
                names = "accent" if (row, column) == peak else "bar"
                wide = MONTH_STEP - MONTH_GAP
                said = "" if month.target else month.said
                bar = rect(left, base - tall, wide, tall, names, said)
                room = rect(
                    *(left - MONTH_GAP / 2, base - step, MONTH_STEP, step),
                    "around",
                    month.said,
                )
                parts.append(linked(month.target, bar, room))
        parts.append(line(FIRST_MONTH, base, end, base, "rule"))
    row, column = peak
    above = row * step + PEAK_ROOM - 4
    parts.append(text(_month_middle(column), above, peak_text, "top middle"))
    parts += [
        text(_month_middle(column), foot, letter, "soft middle")
        for column, letter in enumerate(MONTHS)
    ]
    return _drawing(foot + 6, parts)


def _month_middle(column: int) -> float:
    return FIRST_MONTH + (column + 0.5) * MONTH_STEP


def draw_ranking(bars: list[RankBar]) -> Drawing:
    """Draw names one below the other, each with a bar for its plays.

    The first bar has the accent colour. A long name takes two lines.
    """
    length = linear(0, max(bar.plays for bar in bars), 0, WIDTH)
    step = 54.0 if any(bar.note for bar in bars) else 38.0
    parts: list[Markup] = []
    top = 0.0
    for row, bar in enumerate(bars):
        lines = in_two_lines(bar.name, NAME_EMS)
        below = top + NAME_LINE * (len(lines) - 1)
        foot = below + step - RULE_FOOT
        names = "bar" if row else "accent"
        name = [
            text(0, top + 16 + NAME_LINE * number, words, "name")
            for number, words in enumerate(lines)
        ]
        rule = rect(0, foot - RULE, length(bar.plays), RULE, names, said_in_full(bar))
        parts += [
            linked(bar.target, Markup().join(name)),
            text(WIDTH, top + 16, f"{bar.plays:,}", "end"),
            linked(bar.target, rule),
        ]
        if bar.note:
            parts.append(text(0, below + 33, fitted(bar.note, NOTE_EMS), "note"))
        top = below + step
    return _drawing(top, parts)


def said_in_full(bar: RankBar) -> str:
    """`Title by Artist, 1,234 plays`."""
    by = f" by {printable(bar.note)}" if bar.note else ""
    return f"{printable(bar.name)}{by}, {counted(bar.plays, 'play')}"


def _drawing(height: float, parts: list[Markup]) -> Drawing:
    return Drawing(WIDTH, height, Markup("\n").join(parts))
