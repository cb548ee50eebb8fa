"""The figures of pages: each is a chart with a caption, and its data as a table."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from unwrapped.music.critic.verdict import AxisReading
from unwrapped.music.profile.basis.listening_time import shows_hours
from unwrapped.music.profile.volume import Month
from unwrapped.web.drawing.charts import (
    Axis,
    MonthBar,
    YearRow,
    draw_axis,
    draw_clock,
    draw_months,
    draw_quadrant,
)
from unwrapped.web.drawing.svg import Drawing
from unwrapped.web.wording import (
    count,
    counted,
    duration,
    hour,
    known_duration,
    month,
    place,
    share,
    short_hours,
)

QUARTERS = {
    0: "from midnight to 06:00",
    6: "to noon",
    12: "to 18:00",
    18: "to midnight",
}
EVEN = 0.1
"""The distance from the middle of an axis within which a place leans to neither end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table; its cells are texts as they are shown."""

    head: list[str]
    rows: list[list[str]]
    words: int
    """The number of columns from the left that have words; the others have numbers."""

    links: list[str] = field(default_factory=list)
    """The address that each row links to, in its first cell; the drawing has the same links.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A chart, its description in words, and its data as a table."""

    name: str
    """The id of the figure, unique on the page: `clock`."""

    title: str
    caption: str
    drawing: Drawing
    label: str
    """A description of the chart in a sentence or two, for people who do not see it."""

    table: Table


def axes_figure(axes: list[AxisReading]) -> Figure | None:
    """The figure of the axes: a square for two, a line for one; None if none was measured."""
    measured = [
        (axis, Axis(low=axis.low, high=axis.high, value=axis.value))
        for axis in axes
        if axis.value is not None
    ]
    if not measured:
        return None
    drawn = [scale for _, scale in measured]
    places = [
        f"{axis.name} at {place(scale.value)}, where {place(-1)} is {axis.low} and"
        f" {place(1)} is {axis.high}"
        for axis, scale in measured
    ]
    return Figure(
        name="axes",
        title="Where you stand",
        caption=" ".join(_leaning(axis.name, scale) for axis, scale in measured),
        drawing=draw_axis(*drawn) if len(drawn) == 1 else draw_quadrant(*drawn),
        label=f"Your place: {'; '.join(places)}.",
        table=Table(
            head=["Axis", f"At {place(-1)}", f"At {place(1)}", "You are at"],
            rows=[
                [axis.name.capitalize(), axis.low, axis.high, place(scale.value)]
                for axis, scale in measured
            ],
            words=3,
        ),
    )


def clock_figure(
    begun: list[int], links: list[str] | None = None, of: str = ""
) -> Figure:
    """The listening clock: plays by hour. At least one hour must have a play.

    `links` are the addresses of the hours. `of` is the name of the period, for pages with
    several clocks.
    """
    total, most = sum(begun), max(begun)
    peak = (
        f"{hour(begun.index(most))}, with {counted(most, 'play')},"
        f" {share(most / total)} of all"
    )
    quarters = ", ".join(
        f"{share(sum(begun[first : first + 6]) / total)} {until}"
        for first, until in QUARTERS.items()
    )
    return Figure(
        name=f"clock-{of}" if of else "clock",
        title=f"Around the clock in {of}" if of else "Around the clock",
        caption=f"The busiest hour is {peak}. A larger area means more plays.",
        drawing=draw_clock(begun, links),
        label=f"Plays by the hour of the day in which they begin, {count(total)} in all."
        f" The busiest hour is {peak}. In quarters: {quarters}.",
        table=Table(
            head=["Hour", "Plays", "Share"],
            rows=[
                [hour(number), count(amount), share(amount / total)]
                for number, amount in enumerate(begun)
            ],
            words=1,
            links=links or [],
        ),
    )


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is counted per month, and how an amount is written, in full and in short."""

    name: str
    of: Callable[[Month], float]
    said: Callable[[float], str]
    short: Callable[[float], str]


_HOURS = _Measure("Hours", lambda entry: entry.hours or 0.0, duration, short_hours)
_PLAYS = _Measure(
    "Plays",
    lambda entry: entry.plays,
    lambda n: counted(int(n), "play"),
    "{:,.0f}".format,
)


def months_figure(
    months: list[Month], link: Callable[[date], str] | None = None
) -> Figure:
    """The figure of hours per month; of plays, if too few durations are known.

    Empty years are left out. `link` makes the address that a month links to.
    """
    measure = _HOURS if shows_hours(months) else _PLAYS
    lived = _years(months, measure)
    shown = [entry for year in lived.values() for entry in year]
    best = max(shown, key=measure.of)
    peak = f"{month(best.month)} with {measure.said(measure.of(best))}"
    gaps = len(shown) < len(months)
    return Figure(
        name="months",
        title="Month by month",
        caption=f"{measure.name} per month, a row per year; the most in {peak}."
        + (" Years without any are left out." if gaps else ""),
        drawing=draw_months(
            [_row(year, of, measure, link) for year, of in lived.items()],
            measure.short(measure.of(best)),
        ),
        label=f"{measure.name} per month, {month(shown[0].month)} to"
        f" {month(shown[-1].month)}: {measure.said(sum(map(measure.of, shown)))} in all,"
        f" the most in {peak}.",
        table=Table(
            head=["Month", "Plays", "Time"],
            rows=[
                [
                    month(entry.month),
                    count(entry.plays),
                    known_duration(entry.hours, entry.known_share),
                ]
                for entry in shown
            ],
            words=1,
            links=[link(entry.month) for entry in shown] if link else [],
        ),
    )


def _years(months: list[Month], measure: _Measure) -> dict[int, list[Month]]:
    years: dict[int, list[Month]] = {}
    for entry in months:
        years.setdefault(entry.month.year, []).append(entry)
    return {year: of for year, of in years.items() if any(map(measure.of, of))}


def _row(
    year: int,
    months: list[Month],
    measure: _Measure,
    link: Callable[[date], str] | None,
) -> YearRow:
    bars = [MonthBar(amount=0.0, said="")] * 12
    for entry in months:
        amount = measure.of(entry)
        said = f"{month(entry.month)}: {measure.said(amount)}"
        target = link(entry.month) if link else ""
        bars[entry.month.month - 1] = MonthBar(amount=amount, said=said, target=target)
    total = measure.short(sum(bar.amount for bar in bars))
    return YearRow(year=year, months=bars, total=total)


def _leaning(name: str, scale: Axis) -> str:
    """A place on an axis in words: `Breadth +0.41: more omnivorous than devoted.`"""
    at = f"{name.capitalize()} {place(scale.value)}"
    if abs(scale.value) < EVEN:
        return f"{at}: between {scale.low} and {scale.high}."
    nearer, farther = scale.low, scale.high
    if scale.value > 0:
        nearer, farther = farther, nearer
    return f"{at}: more {nearer} than {farther}."
