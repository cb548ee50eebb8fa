"""Local times are those of the packaged time zone database, at every change of a clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from unwrapped.music.history.local_time import local_times
from unwrapped.shared.zones import parse_zone

SECOND = timedelta(seconds=1)
FORTNIGHT = timedelta(weeks=2)
FORTNIGHTS = [datetime(2006, 1, 1, tzinfo=UTC) + n * FORTNIGHT for n in range(600)]
"""To 2028. No two changes of a clock lie within a fortnight there."""


def packaged_zones() -> Iterator[list[str]]:
    """The names of each zone: aliases have the same rules."""
    folder = resources.files("tzdata")
    named: dict[bytes, list[str]] = {}
    for name in folder.joinpath("zones").read_text(encoding="utf-8").split():
        if name != "Factory":
            rules = folder.joinpath("zoneinfo", name).read_bytes()
            named.setdefault(rules, []).append(name)
    yield from named.values()


def shown(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def around_every_change(zone: ZoneInfo) -> list[datetime]:
    """A moment every ten weeks, and the seconds on both sides of each change."""
    moments = FORTNIGHTS[::5]
    offsets = [moment.astimezone(zone).utcoffset() for moment in FORTNIGHTS]
    for number, (before, after) in enumerate(pairwise(offsets)):
        if before != after:
            low, high = 0, FORTNIGHT // SECOND
            while high - low > 1:
                middle = (low + high) // 2
                at = FORTNIGHTS[number] + middle * SECOND
                low, high = (
                    (middle, high)
                    if at.astimezone(zone).utcoffset() == before
                    else (low, middle)
                )
            change = FORTNIGHTS[number] + high * SECOND
            moments += [change - SECOND, change - SECOND / 1000, change]
    return sorted(moments)


def frame_of(moments: list[datetime]) -> pl.Series:
    return pl.Series(moments, dtype=pl.Datetime("us", "UTC"))


@pytest.mark.long
def test_every_zone_is_read_as_its_rules_say_around_every_change() -> None:
    names = 0
    read: set[tuple[datetime, ...]] = set()
    for aliases in packaged_zones():
        names += len(aliases)
        zone = parse_zone(aliases[0])
        moments = around_every_change(zone)
        local = [shown(moment, zone) for moment in moments]
        if tuple(local) not in read:  # half of the zones differ only before 2006
            read.add(tuple(local))
            assert local_times(frame_of(moments), zone).to_list() == local, aliases
    assert names > 590
    assert len(read) > 150


@pytest.mark.parametrize(
    ("zone", "instant", "local"),
    [
        # Rules of 2026, that older databases do not have.
        ("America/Vancouver", "2026-11-20T07:30:00", "2026-11-20T00:30:00"),
        ("America/Edmonton", "2026-11-20T05:30:00", "2026-11-19T23:30:00"),
        ("Europe/Chisinau", "2026-03-29T00:30:00", "2026-03-29T02:30:00"),
    ],
)
def test_the_rules_come_from_the_packaged_database(
    zone: str, instant: str, local: str
) -> None:
    moment = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    got = local_times(frame_of([moment]), parse_zone(zone))
    assert got.to_list() == [datetime.fromisoformat(local)]


def test_an_empty_series_stays_empty() -> None:
    assert local_times(frame_of([]), parse_zone("Europe/Berlin")).to_list() == []
