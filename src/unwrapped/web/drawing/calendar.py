"""A calendar of plays: a grid of days, in which each column is a week that begins on Monday."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from unwrapped.music.history.period import Period
from unwrapped.music.statistics.schemas import Point
from unwrapped.web.drawing.charts import MONTHS
from unwrapped.web.drawing.figures import Figure, Table
from unwrapped.web.drawing.svg import Drawing, linked, rect, text
from unwrapped.web.wording import count, counted, day

WEEK = 7
YEAR_OF_WEEKS = 53
STEP, SQUARE = 12.0, 10.5
HEAD = 30.0
"""The space above the squares, for the names of the months."""

SHADES = 4
SHADED = (
    "The stronger a square, the more plays: each of four shades has about a quarter of the"
    " days with a play."
)
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

type Link = Callable[[Period], str]
"""Makes the address of the plays of a period."""

type Day = tuple[date, int]
"""A day and its plays."""


def calendar_figure(
    points: Sequence[Point],
    last: date,
    link: Link | None = None,
    first: date = date.min,
) -> Figure | None:
    """The figure of the days from `first` to `last`; None if none of them has a play.

    The points before `first` complete its week, and have no square. `link` makes the
    address for a day or a week.
    """
    weeks = [
        (point.start, point.plays)
        for point in points
        if point.start is not None and point.start <= last
    ]
    days = [one for one in weeks if one[0] >= first]
    most, plays = max(days, key=lambda one: one[1], default=(last, 0))
    if not plays:
        return None
    active = [amount for _, amount in days if amount]
    if is_even(active):
        standing = f"All {count(len(active))} days with a play have {each(plays)}."
        said = standing
    else:
        busiest = f"{day(most)}, with {counted(plays, 'play')}"
        standing = (
            f"{SHADED} The day that stands out is the one with the most: {busiest}."
        )
        said = f"The most are on {busiest}."
    return Figure(
        name="calendar",
        title="Plays day by day",
        caption=f"Each column is a week, Monday on top. {standing}",
        drawing=draw_calendar(weeks, link, first),
        label=f"The days from {day(days[0][0])} to {day(last)}: {count(len(active))} of"
        f" {count(len(days))} have a play. {said}",
        table=_table(weeks, link, first),
    )


def draw_calendar(
    days: Sequence[Day], link: Link | None = None, first: date = date.min
) -> Drawing:
    """Draw a square for each of these days from `first` on. The first of all must be a
    Monday, and one day must have a play.

    The shade of a day is its quarter among the days with a play: if it were a share of
    the most, a single day of excess would make all others look the same. The day with the
    most plays (the first if several have them) has the accent colour, unless all are
    equal. The drawing is at least a year wide, so that squares always have the same size.
    """
    plays = [amount for _, amount in days]
    shades = _shades(plays)
    peak = None if is_even(plays) else plays.index(max(plays))
    parts: list[Markup] = []
    for number, (at, amount) in enumerate(days):
        if at < first:
            continue
        left, top = number // WEEK * STEP, HEAD + number % WEEK * STEP
        shade = "accent" if number == peak else f"day{shades[amount]}"
        said = f"{day(at)}: {counted(amount, 'play')}"
        target = link(Period(at, at)) if link and amount else ""
        square = rect(left, top, SQUARE, SQUARE, shade, said)
        parts.append(linked(target, square))
        if at.day == 1:
            parts.append(text(left, HEAD - 8, MONTHS[at.month - 1], "soft"))
    weeks = -(-len(days) // WEEK)
    return Drawing(
        max(weeks, YEAR_OF_WEEKS) * STEP, HEAD + WEEK * STEP, Markup("\n").join(parts)
    )


def _shades(plays: Sequence[int]) -> dict[int, int]:
    """The shade of each amount, from 1 to `SHADES`; 0 for no plays.

    Equal amounts have the shade of the middle one of them.
    """
    active = sorted(amount for amount in plays if amount)
    shades = {0: 0}
    for amount in set(active):
        middle = (bisect_left(active, amount) + bisect_right(active, amount)) / 2
        shades[amount] = math.ceil(SHADES * middle / len(active))
    return shades


def is_even(plays: Sequence[int]) -> bool:
    """Whether there are several amounts above 0, and all of them are equal."""
    active = [amount for amount in plays if amount]
    return len(active) > 1 and min(active) == max(active)


def each(plays: int) -> str:
    """The amount that each of several has: `3 plays each`."""
    return f"{counted(plays, 'play')} each"


def _table(days: Sequence[Day], link: Link | None, first: date) -> Table:
    """The table of a calendar: a row for each week, the latest on top."""
    rows, links = [], []
    for begin in range(0, len(days), WEEK):
        week = days[begin : begin + WEEK]
        shown = [amount for at, amount in week if at >= first]
        cells = [""] * (len(week) - len(shown)) + [count(amount) for amount in shown]
        cells += [""] * (WEEK - len(week))
        rows.append([day(week[0][0]), *cells, count(sum(shown))])
        links += [link(Period(max(week[0][0], first), week[-1][0]))] if link else []
    return Table(
        head=["Week of", *WEEKDAYS, "All"],
        rows=rows[::-1],
        words=1,
        links=links[::-1],
    )


def months_of(first: date, last: date) -> list[date]:
    """The first day of each month from that of `first` to that of `last`."""
    found = [first.replace(day=1)]
    while (after := (found[-1] + timedelta(days=32)).replace(day=1)) <= last:
        found.append(after)
    return found
