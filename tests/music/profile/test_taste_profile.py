import calendar
import random
from collections.abc import Callable
from dataclasses import fields
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.profile.histories import (
    Listen,
    about,
    at,
    in_order,
    listen,
    profile_of,
    to_frame,
)
from tests.music.profile.naive.profile import differences, naive_profile
from tests.music.profile.shapes import DAY, DURATIONS, HOUR, MINUTE, MS, SHAPES
from unwrapped.music.history.period import Period
from unwrapped.music.profile.basis.frames import NoPlays
from unwrapped.music.profile.taste_profile import ABSENT, TasteProfile, build_profile

TRIED = settings(max_examples=settings().max_examples // 3)
"""A third of the usual examples: each builds one or two profiles."""

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Calcutta",
    "Australia/Lord_Howe",
    "Pacific/Kiritimati",
    "UTC",
]


def check(rows: list[Listen], period: Period, zone: str, top: int = 10) -> None:
    """Check that `build_profile` and the naive profile of `rows` agree in every
    field."""
    expected = naive_profile(rows, period, ZoneInfo(zone), top)
    if expected is None:
        with pytest.raises(NoPlays):
            build_profile(to_frame(rows), period, ZoneInfo(zone), top)
        return
    got = build_profile(to_frame(rows), period, ZoneInfo(zone), top)
    assert differences(expected, got) == []


def periods_of(rng: random.Random, rows: list[Listen], zone: str) -> list[Period]:
    """Periods around random listens: all, some days, a year, far beyond, a month."""
    days = [row.started_at.astimezone(ZoneInfo(zone)).date() for row in rows]
    year, month, first = rng.choice(days), rng.choice(days), rng.choice(days)
    of_month = calendar.monthrange(month.year, month.month)[1]
    return [
        Period(),
        Period(first, first + timedelta(days=rng.choice([0, 6, 90, 365]))),
        Period(date(year.year, 1, 1), date(year.year, 12, 31)),
        Period(date(1970, 1, 1), max(days) + timedelta(days=1000)),
        Period(month.replace(day=1), month.replace(day=of_month)),
    ]


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_every_measure_of_a_random_history_equals_the_naive_one(
    shape: Callable[[random.Random], list[Listen]],
) -> None:
    """Compares the whole history and one other period, whose kind depends on the
    shape."""
    rng = random.Random(f"{shape.__name__} 0")  # noqa: S311 - a history, no secret
    rows = in_order(shape(rng))
    number = SHAPES.index(shape)
    zone = ZONES[number % len(ZONES)]
    whole, *parts = periods_of(rng, rows, zone)
    for period in (whole, parts[number % len(parts)]):
        check(rows, period, zone, top=rng.choice([1, 10, 50]))


@st.composite
def histories(draw: st.DrawFn) -> list[Listen]:
    """A few listens at and around the spans that measures look at, with many ties."""
    spans = [
        *(timedelta(0), 30_000 * MS, 3 * MINUTE, 30 * MINUTE, 3 * HOUR, 168 * HOUR),
        *(n * DAY for n in (1, 59, 60, 90, 179, 180, 365)),
    ]
    start = draw(
        st.sampled_from(["2023-03-25T23:30", "2024-10-26T22:59", "2023-12-31"])
    )
    rows: list[Listen] = []
    time = at(start)
    for _ in range(draw(st.integers(1, 25))):
        near = draw(st.sampled_from([timedelta(0), timedelta(0), MS, -MS]))
        since = draw(
            st.sampled_from([time, time, rows[0].started_at if rows else time])
        )
        time = max(time, since + draw(st.sampled_from(spans)) + near)
        artist = draw(st.sampled_from(["Abba", "Björk", "Zappa", "abba"]))
        rows.append(
            Listen(
                started_at=time,
                ms_played=draw(st.sampled_from([*DURATIONS, 180_000, None])),
                artist=artist,
                title=draw(st.sampled_from(["A", "B"] if artist != "abba" else ["A"])),
                album=draw(st.sampled_from(["A", "B", None])),
                reason_end=draw(st.sampled_from(["trackdone", "fwdbtn", "x", None])),
                shuffle=draw(st.sampled_from([True, False, None])),
            )
        )
    return in_order(rows)


PERIODS = st.sampled_from(
    [
        "all",
        "2023",
        "2024",
        "2024-10",
        "2023-12-31..2024-02-28",
        "2000-01-01..2099-12-31",
    ]
).map(Period.parse)


@TRIED
@given(histories(), PERIODS, st.sampled_from(ZONES))
def test_every_measure_of_any_history_equals_the_naive_one(
    rows: list[Listen], period: Period, zone: str
) -> None:
    check(rows, period, zone)


def measured(rows: list[Listen], zone: str = "UTC") -> TasteProfile | None:
    """The profile of `rows`; None when there is no play."""
    try:
        return build_profile(to_frame(rows), Period(), ZoneInfo(zone))
    except NoPlays:
        return None


def numbers_named(profile: TasteProfile, ending: str) -> list[float]:
    """Every figure of the profile whose name ends in `ending`, lists included."""
    found: list[float] = []
    parts: list[object] = [profile]
    while parts:
        part = parts.pop()
        if isinstance(part, list):
            parts.extend(part)
        for field in getattr(part, "__dataclass_fields__", {}):
            value = getattr(part, field)
            parts.append(value)
            if field.endswith(ending) and isinstance(value, int | float):
                found.append(value)
    return found


@TRIED
@given(histories(), st.sampled_from(ZONES), st.randoms(use_true_random=False))
def test_what_is_true_of_any_profile(
    rows: list[Listen], zone: str, rng: random.Random
) -> None:
    profile = measured(rows, zone)
    if profile is None:
        return
    assert_parts_sum_to_the_whole(profile, rows, zone)
    assert_measures_are_in_their_ranges(profile)
    none = {f.name for f in fields(profile) if getattr(profile, f.name) is None}
    none -= {"sleep", "titled_time"}
    assert profile.absent == {name: ABSENT[name] for name in none}
    # The order of the rows does not matter.
    distinct = {(row.started_at, row.artist, row.title, row.ms_played) for row in rows}
    if len(distinct) == len(rows):
        rng.shuffle(rows)
        assert measured(in_order(rows), zone) == profile


def assert_parts_sum_to_the_whole(
    profile: TasteProfile, rows: list[Listen], zone: str
) -> None:
    volume = profile.volume
    assert sum(month.plays for month in profile.months) == volume.plays
    assert sum(year.plays for year in profile.years) == volume.plays
    assert sum(profile.clock.hours) == volume.plays
    assert sum(profile.clock.weekdays) == volume.plays
    hours = volume.hours or 0.0
    if volume.known_share and all(month.known_share for month in profile.months):
        assert sum(month.hours or 0.0 for month in profile.months) == about(hours)
    assert hours <= sum(row.ms_played or 0 for row in rows) / 3_600_000 + 1e-9
    days = [row.started_at.astimezone(ZoneInfo(zone)).date() for row in rows]
    inside = [volume.first_day <= day <= volume.last_day for day in days]
    assert volume.listens == sum(inside)


def assert_measures_are_in_their_ranges(profile: TasteProfile) -> None:
    for spread in (profile.artists, profile.tracks):
        assert 1 - 1e-9 <= spread.dominant <= spread.effective + 1e-9
        assert spread.effective <= spread.richness + 1e-9
        assert 0 <= spread.gini < 1
    shares = numbers_named(profile, "share")
    assert len(shares) > 10
    assert all(0 <= share <= 1 for share in shares)
    assert all(0 <= distance <= 1 for distance in numbers_named(profile, "distance"))
    assert -1 <= profile.axes.breadth <= 1
    assert profile.axes.novelty is None or -1 <= profile.axes.novelty <= 1
    assert 1 <= profile.clock.effective_hours <= 24 + 1e-9
    assert profile.days.silence_days >= 0


def test_a_profile_with_every_measure_lists_none_as_absent() -> None:
    rows = [
        listen(
            f"{year}-{month:02}-01T{i:02}:00",
            f"Artist {i}/Track {i}",
            album="Album",
            reason_end="trackdone",
            shuffle=False,
        )
        for year in (2022, 2023, 2024)
        for month in range(1, 13)
        for i in range(10)
    ]
    assert profile_of(rows).absent == {}


def test_a_profile_of_bare_data_lists_all_optional_measures_as_absent() -> None:
    profile = profile_of([listen("2025-01-01T10:00", minutes=None)])
    assert profile.absent == ABSENT


def test_top_lists_have_the_requested_length() -> None:
    rows = [listen(f"2025-01-01T{i:02}:00", f"Artist {i}/Track") for i in range(12)]
    favourites = profile_of(rows, top=3).favourites
    assert [top.artist for top in favourites.artists] == [
        "Artist 0",
        "Artist 1",
        "Artist 10",
    ]
    assert len(profile_of(rows).favourites.artists) == 10
