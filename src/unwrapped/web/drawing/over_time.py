"""The figures of plays and artists over time, as columns."""

from collections.abc import Sequence
from datetime import date, timedelta

from unwrapped.music.history.period import Period
from unwrapped.music.statistics.schemas import Meeting, Point, Step
from unwrapped.web.drawing.calendar import Link, is_even
from unwrapped.web.drawing.columns import Column, draw_columns
from unwrapped.web.drawing.figures import Figure, Table
from unwrapped.web.wording import count, counted, day, known_ms, month

WEEK = timedelta(days=7)
ONE_DAY = timedelta(days=1)
NAMES = {Step.DAY: "day", Step.WEEK: "week", Step.MONTH: "month", Step.YEAR: "year"}


def plays_figure(
    points: Sequence[Point],
    former: Sequence[Point],
    by: Step,
    period: Period,
    before: str | None,
    link: Link,
) -> Figure | None:
    """The figure of plays over time; `former` are those of the period named `before`.

    None if there is only one step, or no play.
    """
    starts = [one.start for one in points if one.start is not None]
    if len(starts) < 2 or not any(one.plays for one in points):
        return None
    name = NAMES[by]
    best = max(range(len(points)), key=lambda number: points[number].plays)
    even = is_even([one.plays for one in points])
    most = counted(points[best].plays, "play")
    peak = (
        f"each {name} with a play has {most}"
        if even
        else f"the most {on_or_in(by)} {said_of(by, starts[best])}, with {most}"
    )
    beside = [one.plays for one in former[: len(points)]]
    beside += [0] * (len(points) - len(beside)) if former else []
    links = [link(period_of(by, start, period)) for start in starts]
    compared = (
        f" The line shows {before}, {name} by {name}." if before and former else ""
    )
    return Figure(
        name="over-time",
        title="Plays over time",
        caption=f"Plays per {name}; {peak}.{compared}",
        drawing=draw_columns(
            [
                Column(
                    label=label_of(by, max(start, period.first or start)),
                    said=f"{said_of(by, start)}: {counted(one.plays, 'play')}",
                    amount=one.plays,
                    former=beside[number] if beside else None,
                    target=links[number],
                )
                for number, (start, one) in enumerate(zip(starts, points, strict=True))
            ],
            None if even else best,
            count(points[best].plays),
        ),
        label=f"Plays per {name}, from {said_of(by, starts[0])} to"
        f" {said_of(by, starts[-1])}: {counted(sum(one.plays for one in points), 'play')}"
        f" in all; {peak}.",
        table=Table(
            head=[
                name.capitalize(),
                "Plays",
                "Time",
                *([before] if compared and before else []),
            ],
            rows=[
                [
                    said_of(by, start),
                    count(one.plays),
                    known_ms(one),
                    *([count(beside[number])] if compared else []),
                ]
                for number, (start, one) in enumerate(zip(starts, points, strict=True))
            ],
            words=1,
            links=links,
        ),
    )


def artists_figure(
    meetings: Sequence[Meeting], by: Step, period: Period, link: Link
) -> Figure | None:
    """The figure of new and known artists; None if there is only one step, or no artist."""
    if len(meetings) < 2 or not any(one.artists for one in meetings):
        return None
    name = NAMES[by]
    best = max(range(len(meetings)), key=lambda number: meetings[number].new)
    most = meetings[best]
    links = [link(period_of(by, one.start, period)) for one in meetings]
    peak = f"{on_or_in(by)} {said_of(by, most.start)}, with {counted(most.new, 'new artist')}"
    return Figure(
        name="artists-met",
        title="New artists against known ones",
        caption=f"Artists with a play per {name}. The strong part shows new artists, whose"
        f" first play ever is {on_or_in(by)} that {name}; the pale part shows all others."
        f" The most were new {peak}.",
        drawing=draw_columns(
            [
                Column(
                    label=label_of(by, max(one.start, period.first or one.start)),
                    said=f"{said_of(by, one.start)}: {counted(one.artists, 'artist')},"
                    f" {count(one.new)} new",
                    amount=one.artists,
                    part=one.new,
                    target=target,
                )
                for one, target in zip(meetings, links, strict=True)
            ],
            best,
            f"{count(most.new)} new",
        ),
        label=f"Artists with a play per {name}, new ones and known ones. The most were"
        f" new {peak}.",
        table=Table(
            head=[name.capitalize(), "Artists", "New", "Known"],
            rows=[
                [
                    said_of(by, one.start),
                    count(one.artists),
                    count(one.new),
                    count(one.artists - one.new),
                ]
                for one in meetings
            ],
            words=1,
            links=links,
        ),
    )


def on_or_in(by: Step) -> str:
    """The preposition for the name of a step."""
    return "on" if by is Step.DAY else "in"


def said_of(by: Step, start: date) -> str:
    """The name of a step."""
    if by is Step.YEAR:
        return str(start.year)
    if by is Step.MONTH:
        return month(start)
    return f"the week of {day(start)}" if by is Step.WEEK else day(start)


def label_of(by: Step, start: date) -> str:
    """The short name of a step, for below a column."""
    if by is Step.YEAR:
        return str(start.year)
    name = month(start)[:3]
    return f"{name} {start.year}" if by is Step.MONTH else f"{start.day} {name}"


def period_of(by: Step, start: date, within: Period) -> Period:
    """The days of a step, cut to a period."""
    if by is Step.YEAR:
        last = date(start.year, 12, 31)
    elif by is Step.MONTH:
        last = (start + timedelta(days=31)).replace(day=1) - ONE_DAY
    else:
        last = start + WEEK - ONE_DAY if by is Step.WEEK else start
    return Period(max(start, within.first or start), min(last, within.last or last))
