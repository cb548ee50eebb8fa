"""The figure of the hours of a week: a row for each weekday, a square for each hour."""

from markupsafe import Markup

from unwrapped.web.drawing.calendar import SHADES
from unwrapped.web.drawing.calendar import WEEKDAYS as SHORT
from unwrapped.web.drawing.figures import Figure, Table
from unwrapped.web.drawing.svg import Drawing, linked, rect, text
from unwrapped.web.wording import WEEKDAYS, count, counted, hour

HOURS = 24
LEFT, HEAD, STEP, ROW, GAP = 72.0, 30.0, 27.0, 27.0, 3.0

type Week = list[list[int]]
"""Plays by weekday, from Monday on, and by hour."""


def week_figure(plays: Week, links: list[list[str]], by_hour: list[str]) -> Figure:
    """The figure of plays by weekday and hour; at least one must be above 0.

    `links` are the addresses of the squares, `by_hour` those of the hours of all weekdays.
    """
    most, weekday, at = _peak(plays)
    peak = f"{WEEKDAYS[weekday]}, {hour(at)}, with {counted(most, 'play')}"
    busiest = max(range(7), key=lambda day: sum(plays[day]))
    return Figure(
        name="week",
        title="Through the week",
        caption="Each square is an hour of a weekday; the stronger, the more plays began"
        f" in it. The one that stands out has the most: {peak}.",
        drawing=_draw(plays, links),
        label=f"Plays by weekday and hour, {count(sum(map(sum, plays)))} in all. The most"
        f" are on {peak}; the busiest day is {WEEKDAYS[busiest]}, with"
        f" {counted(sum(plays[busiest]), 'play')}.",
        table=Table(
            head=["Hour", *SHORT],
            rows=[
                [hour(at), *(count(day[at]) for day in plays)] for at in range(HOURS)
            ],
            words=1,
            links=by_hour,
        ),
    )


def _draw(plays: Week, links: list[list[str]]) -> Drawing:
    most, weekday, at = _peak(plays)
    parts: list[Markup] = [
        text(LEFT + number * STEP, HEAD - 10, f"{number:02}", "soft")
        for number in range(0, HOURS, 6)
    ]
    for day, hours in enumerate(plays):
        top = HEAD + day * ROW
        parts.append(text(0, top + 18, SHORT[day], "soft"))
        for number, amount in enumerate(hours):
            shade = f"day{-(-amount * SHADES // most)}"
            if (day, number) == (weekday, at):
                shade = "accent"
            said = f"{WEEKDAYS[day]}, {hour(number)}: {counted(amount, 'play')}"
            left, size = LEFT + number * STEP, STEP - GAP
            mark = rect(left, top, size, ROW - GAP, shade, said)
            parts.append(linked(links[day][number] if amount else "", mark))
    return Drawing(LEFT + HOURS * STEP, HEAD + 7 * ROW, Markup("\n").join(parts))


def _peak(plays: Week) -> tuple[int, int, int]:
    """The most plays of a square, its weekday and its hour; the first if there are several."""
    most = max(map(max, plays))
    day = next(day for day, hours in enumerate(plays) if most in hours)
    return most, day, plays[day].index(most)
