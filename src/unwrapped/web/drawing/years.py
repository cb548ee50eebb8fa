"""The figure of plays by year, as columns on one scale."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from markupsafe import Markup

from unwrapped.music.profile.volume import Month
from unwrapped.web.drawing.charts import WIDTH
from unwrapped.web.drawing.figures import Figure, Table
from unwrapped.web.drawing.geometry import linear
from unwrapped.web.drawing.svg import Drawing, line, linked, rect, text
from unwrapped.web.wording import count, counted, known_duration

HEIGHT, PEAK_ROOM, FOOT = 130.0, 16.0, 20.0
WIDEST, GAP_SHARE = 44.0, 0.25
LABEL_ROOM = 34.0
"""The width of the name of a year, including the space beside it."""


def years_figure(
    months: list[Month], link: Callable[[int], str] | None = None
) -> Figure:
    """The figure of plays in each calendar year of these months; one must have a play.

    `link` makes the address of a year.
    """
    years = _sums(months)
    links = {year: link(year) for year, plays in years.items() if plays and link}
    best = max(years, key=lambda year: years[year])
    peak = f"{best} with {counted(years[best], 'play')}"
    return Figure(
        name="years",
        title="Year by year",
        caption=f"Plays per year; the most in {peak}.",
        drawing=draw_years(years, best, links),
        label=f"Plays per year, {min(years)} to {max(years)}:"
        f" {counted(sum(years.values()), 'play')} in all, the most in {peak}.",
        table=Table(
            head=["Year", "Plays", "Time"],
            rows=[
                [str(year), count(plays), _time(year, months)]
                for year, plays in years.items()
            ],
            words=1,
            links=[links.get(year, "") for year in years] if links else [],
        ),
    )


def draw_years(
    years: dict[int, int], best: int, links: Mapping[int, str] = MappingProxyType({})
) -> Drawing:
    """Draw a column for each year.

    The column of `best` has the accent colour, and its plays above it. `links` are the
    addresses of years.
    """
    step = min(WIDTH / len(years), WIDEST)
    wide = step * (1 - GAP_SHARE)
    height = linear(0, years[best], 0, HEIGHT - PEAK_ROOM)
    named = -(-len(years) * LABEL_ROOM // (len(years) * step))
    parts: list[Markup] = []
    for column, (year, plays) in enumerate(years.items()):
        left = column * step + (step - wide) / 2
        middle = left + wide / 2
        tall = height(plays)
        names = "accent" if year == best else "bar"
        said = f"{year}: {counted(plays, 'play')}"
        if plays:
            target = links.get(year, "")
            bar = rect(left, HEIGHT - tall, wide, tall, names, "" if target else said)
            around = rect(column * step, 0, step, HEIGHT, "around", said)
            parts.append(linked(target, bar, around))
        if year == best:
            parts.append(text(middle, PEAK_ROOM - 5, count(plays), "top middle"))
        if column % int(named) == 0:
            parts.append(text(middle, HEIGHT + 16, str(year), "soft middle"))
    parts.append(line(0, HEIGHT, len(years) * step, HEIGHT, "rule"))
    return Drawing(WIDTH, HEIGHT + FOOT, Markup("\n").join(parts))


def _sums(months: list[Month]) -> dict[int, int]:
    years: dict[int, int] = {}
    for entry in months:
        years[entry.month.year] = years.get(entry.month.year, 0) + entry.plays
    return years


def _time(year: int, months: list[Month]) -> str:
    of_it = [entry for entry in months if entry.month.year == year]
    plays = sum(entry.plays for entry in of_it)
    known = sum(entry.plays * entry.known_share for entry in of_it)
    hours = sum(entry.hours or 0.0 for entry in of_it)
    return known_duration(hours, known / plays if plays else 1.0)
