"""A calendar of plays: a grid of days, in which each column is a week that begins on Monday."""

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
WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

type Link = Callable[[Period], str]
"""Makes the address of the plays of a period."""

type Day = tuple[date, int]
"""A day and its plays."""


def calendar_figure(
    points: Sequence[Point], today: date, link: Link | None = None
) -> Figure | None:
    """The figure of the days up to today; None if none of them has a play.

    `link` makes the address for a day or a week.
    """
    days = [
        (point.start, point.plays)
        for point in points
        if point.start is not None and point.start <= today
    ]
    most, plays = max(days, key=lambda one: one[1], default=(today, 0))
    if not plays:
        return None
    active = sum(amount > 0 for _, amount in days)
    busiest = f"{day(most)}, with {counted(plays, 'play')}"
    return Figure(
        name="calendar",
        title="Plays day by day",
        caption="Each column is a week, Monday on top; the stronger a square, the more"
        f" plays. The day that stands out is the one with the most: {busiest}.",
        drawing=draw_calendar(days, link),
        label=f"The days from {day(days[0][0])} to {day(today)}: {count(active)} of"
        f" {count(len(days))} have a play. The most are on {busiest}.",
        table=_table(days, link),
    )


def draw_calendar(days: Sequence[Day], link: Link | None = None) -> Drawing:
    """Draw a square for each of these days. The first must be a Monday, and one must have a
    play.

    The day with the most plays (the first if several have them) has the accent colour. The
    drawing is at least a year wide, so that squares always have the same size.
    """
    plays = [amount for _, amount in days]
    most = max(plays)
    peak = plays.index(most)
    parts: list[Markup] = []
    for number, (at, amount) in enumerate(days):
        left, top = number // WEEK * STEP, HEAD + number % WEEK * STEP
        shade = "accent" if number == peak else f"day{-(-amount * SHADES // most)}"
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


def _table(days: Sequence[Day], link: Link | None) -> Table:
    """The table of a calendar: a row for each week, the latest on top."""
    rows, links = [], []
    for begin in range(0, len(days), WEEK):
        week = days[begin : begin + WEEK]
        cells = [count(amount) for _, amount in week]
        cells += [""] * (WEEK - len(week))
        rows.append([day(week[0][0]), *cells, count(sum(plays for _, plays in week))])
        links += [link(Period(week[0][0], week[-1][0]))] if link else []
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
