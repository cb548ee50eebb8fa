"""Days and hours begin where `zoneinfo` has them, also when clocks are set."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.music.history.test_local_time import packaged_zones
from tests.music.profile.histories import Listen, to_frame
from tests.music.statistics import naive
from unwrapped.music.history.period import Period
from unwrapped.music.read_model.columns import columns_of
from unwrapped.music.statistics.answering import Questions
from unwrapped.music.statistics.question import Asked
from unwrapped.music.statistics.schemas import Kind, Step
from unwrapped.shared.zones import parse_zone

TODAY = date(2026, 12, 31)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SINCE, UNTIL = datetime(2018, 1, 1, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)

ODD = [
    (
        "America/St_Johns",
        date(2009, 11, 1),
    ),  # from 00:01 back to 23:01 of the day before
    ("America/Havana", date(2025, 11, 2)),
    ("Australia/Lord_Howe", date(2025, 4, 6)),  # by half an hour
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that was not
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("America/Sao_Paulo", date(2018, 11, 4)),  # begins at one o'clock
    ("Asia/Beirut", date(2025, 3, 30)),
    ("Europe/Berlin", date(2025, 10, 26)),
    ("Europe/Berlin", date(2025, 3, 30)),
    ("Antarctica/Troll", date(2025, 3, 30)),  # by two hours
    ("Asia/Kathmandu", date(1985, 12, 31)),
    ("Africa/Casablanca", date(2025, 2, 23)),
]
"""Zones, and days in them on which clocks were set."""


def every(step: timedelta, first: datetime, last: datetime) -> list[datetime]:
    return [first + number * step for number in range((last - first) // step + 1)]


def questions_of(moments: list[datetime]) -> Questions:
    rows = [Listen(started_at=moment, ms_played=30_000) for moment in moments]
    return Questions(columns_of(to_frame(rows)))


def changes_of(zone: ZoneInfo) -> Iterator[date]:
    """The days (UTC) since 2018 on which the zone's clocks are set."""
    shown = [(moment, moment.astimezone(zone)) for moment in every(DAY, SINCE, UNTIL)]
    for (moment, before), (_, after) in pairwise(shown):
        if before.utcoffset() != after.utcoffset():
            yield moment.date()


def lately_changed() -> Iterator[str]:
    """Zones whose rules changed since 2018, so that their clocks differ among years."""
    days = every(15 * DAY, SINCE, UNTIL)
    for names in packaged_zones():
        zone = parse_zone(names[0])
        years: dict[int, set[tuple[int, timedelta | None]]] = {}
        for day in days:
            shown = years.setdefault(day.year, set())
            shown.add((day.month in (1, 12), day.astimezone(zone).utcoffset()))
        if len({frozenset(shown) for shown in years.values()}) > 1:
            yield names[0]


@pytest.mark.parametrize(("name", "day"), ODD)
def test_hours_and_days_are_those_that_local_clocks_showed(
    name: str, day: date
) -> None:
    zone = parse_zone(name)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    moments = every(timedelta(minutes=10), noon - 2 * DAY, noon + DAY)
    moments = sorted({*moments, *every(MINUTE, noon - DAY, noon - DAY + 5 * MINUTE)})
    questions = questions_of(moments)
    rows = [Listen(started_at=moment, ms_played=30_000) for moment in moments]
    for first in (day - DAY, day):
        of = Asked(Period(first, first), zone, TODAY)
        within = naive.inside(rows, of.period, zone)
        assert questions.summary(of).amounts.plays == len(within)
        days = questions.series(of, Step.DAY).points
        assert [one.plays for one in days] == [len(within)]
        hours = questions.series(of, Step.HOUR).points
        begins = naive.hours_of(first, first, zone)
        assert [one.start for one in hours] == begins
        shown = [begin.astimezone(zone).utcoffset() for begin in begins]
        starts = [one.start for one in hours if isinstance(one.start, datetime)]
        assert [start.utcoffset() for start in starts] == shown
        ends = [*begins[1:], noon + 9 * DAY][: len(begins)]
        assert [one.plays for one in hours] == [
            sum(begin <= row.started_at < end for row in within)
            for begin, end in zip(begins, ends, strict=True)
        ]


@pytest.mark.long
def test_days_and_hours_agree_with_zoneinfo_in_every_zone_that_changed_lately() -> None:
    names = list(lately_changed())
    assert {"Europe/Volgograd", "America/Sao_Paulo", "Asia/Amman"} <= set(names)
    assert len(names) > 20
    alike = {tuple(changes_of(parse_zone(name))): name for name in names}
    for changes, name in alike.items():
        zone = parse_zone(name)
        moments = sorted(
            {
                moment
                for day in changes
                for moment in every(
                    timedelta(minutes=30),
                    datetime(day.year, day.month, day.day, tzinfo=UTC) - HOUR,
                    datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY,
                )
            }
        )
        local = [moment.astimezone(zone) for moment in moments]
        questions = questions_of(moments)
        of = Asked(Period(), zone, TODAY)
        days = Counter(time.date() for time in local)
        points = questions.series(of, Step.DAY).points
        assert {one.start: one.plays for one in points if one.plays} == days, name
        day = next(iter(days))
        one_day = Asked(Period(day, day), zone, TODAY)
        extent = questions.extent(one_day, Kind.ARTISTS)
        assert extent.plays == days[day], (name, day)
        hours = Counter(time.hour for time in local)
        clock = questions.series(of, Step.HOUR_OF_DAY).points
        assert [one.plays for one in clock] == [hours[hour] for hour in range(24)]
