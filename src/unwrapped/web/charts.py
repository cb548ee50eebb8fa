"""The charts of the page."""

import math
from dataclasses import dataclass

from unwrapped.web.drawing import (
    ACCENT,
    BAR,
    SOFT,
    Box,
    Drawing,
    Line,
    Text,
    Wedge,
    boxes,
    dot,
    draw,
    lines,
    ring,
    texts,
    wedges,
)
from unwrapped.web.lettering import fitted

WIDTH = 360
HUB, DIAL, HOUR_ANGLE = 50.0, 150.0, math.tau / 24
MONTHS = "JFMAMJJASOND"
MANY_YEARS = 7
FIRST_MONTH, MONTH_STEP = 46.0, 21.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """A place on an axis from -1 to 1, and what the ends are called."""

    low: str
    high: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class YearRow:
    """A year, the amounts of its twelve months, and what stands at the end of its row."""

    year: int
    months: list[float]
    total: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RankBar:
    """A name in a ranking, what stands below it (`""` for nothing), and its plays."""

    name: str
    note: str
    plays: int


def draw_quadrant(across: Scale, up: Scale) -> Drawing:
    """A dot in a square of two axes."""
    edge, size = 34.0, 300.0
    left, right = (WIDTH - size) / 2, (WIDTH + size) / 2
    top, bottom, middle = edge, edge + size, edge + size / 2
    centre = WIDTH / 2
    x, y = centre + across.value * size / 2, middle - up.value * size / 2
    beside = middle + 24 if y < middle else middle - 14
    return draw(
        WIDTH,
        size + 2 * edge,
        [
            lines(_frame(left, top, right, bottom)),
            lines(
                [
                    Line(left, middle, right, middle, SOFT),
                    Line(centre, top, centre, bottom, SOFT),
                    Line(x, middle, x, y, ACCENT),
                    Line(centre, y, x, y, ACCENT),
                ]
            ),
            texts([Text(centre, top - 14, up.high), Text(centre, bottom + 24, up.low)]),
            texts([Text(left + 8, beside, across.low)], "left"),
            texts([Text(right - 8, beside, across.high)], "right"),
            dot(x, y, 9),
        ],
    )


def draw_scale(scale: Scale) -> Drawing:
    """A dot on a single axis."""
    left, right, y = 10.0, WIDTH - 10.0, 20.0
    ticks = [left, WIDTH / 2, right]
    return draw(
        WIDTH,
        60,
        [
            lines([Line(left, y, right, y, SOFT)]),
            lines([Line(x, y - 6, x, y + 6, SOFT) for x in ticks]),
            texts([Text(left, 50, scale.low)], "left"),
            texts([Text(right, 50, scale.high)], "right"),
            dot(WIDTH / 2 + scale.value * (right - left) / 2, y, 9),
        ],
    )


def draw_clock(plays: list[int]) -> Drawing:
    """24 wedges around a dial, midnight on top; their areas are the plays.

    At least one hour has a play; the busiest is in the accent.
    """
    centre = WIDTH / 2
    peak = plays.index(max(plays))
    middle = [Text(centre, centre + 8, f"{peak:02}:00")]
    return draw(
        WIDTH,
        WIDTH,
        [
            ring(centre, centre, DIAL),
            ring(centre, centre, HUB),
            wedges(_hour_wedges(plays, peak), HUB),
            texts(_dial(centre), colour=SOFT, size=12),
            texts(middle, colour=ACCENT, size=24, bold=True),
        ],
    )


def _hour_wedges(plays: list[int], peak: int) -> list[Wedge]:
    area = (DIAL**2 - HUB**2) / plays[peak]
    return [
        Wedge(
            hour * HOUR_ANGLE,
            (hour + 1) * HOUR_ANGLE,
            math.sqrt(HUB**2 + count * area),
            ACCENT if hour == peak else BAR,
        )
        for hour, count in enumerate(plays)
        if count
    ]


def _dial(centre: float) -> list[Text]:
    radius = DIAL + 16
    return [
        Text(
            centre + radius * math.sin(hour * HOUR_ANGLE),
            centre - radius * math.cos(hour * HOUR_ANGLE) + 4,
            f"{hour:02}",
        )
        for hour in range(0, 24, 3)
    ]


def draw_months(years: list[YearRow]) -> Drawing:
    """A row of twelve bars per year, all on one scale.

    At least one month is above 0; the greatest, the first of equals, is in the accent.
    """
    row = 120 if len(years) == 1 else 56 if len(years) < MANY_YEARS else 40
    rows = [((place + 1) * row, year) for place, year in enumerate(years)]
    foot = len(years) * row + 18
    letters = [
        Text(FIRST_MONTH + (month + 0.5) * MONTH_STEP, foot, letter)
        for month, letter in enumerate(MONTHS)
    ]
    end = FIRST_MONTH + len(MONTHS) * MONTH_STEP
    totals = [Text(WIDTH, base, year.total) for base, year in rows]
    return draw(
        WIDTH,
        foot + 6,
        [
            boxes(_month_boxes(years, row)),
            lines([Line(FIRST_MONTH, base, end, base) for base, _ in rows]),
            texts([Text(0, base, str(year.year)) for base, year in rows], "left"),
            texts(totals, "right", colour=SOFT),
            texts(letters, colour=SOFT, size=12),
        ],
    )


def _month_boxes(years: list[YearRow], row: int) -> list[Box]:
    amounts = [amount for year in years for amount in year.months]
    most = max(amounts)
    peak = amounts.index(most)
    places = [divmod(number, len(MONTHS)) for number in range(len(amounts))]
    return [
        Box(
            FIRST_MONTH + month * MONTH_STEP + 2,
            (year + 1) * row - amount / most * (row - 10),
            FIRST_MONTH + (month + 1) * MONTH_STEP - 2,
            (year + 1) * row,
            ACCENT if year * len(MONTHS) + month == peak else BAR,
        )
        for (year, month), amount in zip(places, amounts, strict=True)
        if amount
    ]


def draw_ranking(bars: list[RankBar]) -> Drawing:
    """Names one below the other with a bar for the plays; the first in the accent."""
    most = max(bar.plays for bar in bars)
    step = 54 if any(bar.note for bar in bars) else 38
    tops = [(place * step, bar) for place, bar in enumerate(bars)]
    rules = [
        Box(
            0,
            top + step - 13,
            WIDTH * bar.plays / most,
            top + step - 9,
            BAR if top else ACCENT,
        )
        for top, bar in tops
    ]
    names = [Text(0, top + 16, fitted(bar.name, 22)) for top, bar in tops]
    notes = [Text(0, top + 33, fitted(bar.note, 28)) for top, bar in tops]
    plays = [Text(WIDTH, top + 16, f"{bar.plays:,}") for top, bar in tops]
    return draw(
        WIDTH,
        step * len(bars),
        [
            texts(names, "left", bold=True),
            texts(notes, "left", colour=SOFT, size=12),
            texts(plays, "right"),
            boxes(rules),
        ],
    )


def _frame(left: float, top: float, right: float, bottom: float) -> list[Line]:
    return [
        Line(left, top, right, top),
        Line(left, bottom, right, bottom),
        Line(left, top, left, bottom),
        Line(right, top, right, bottom),
    ]
