"""Listening histories made of a few readable pieces, and the checks of rules on them.

Days and hours are those of a listener in Berlin.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import cycle, islice
from zoneinfo import ZoneInfo

import pytest

from tests.music.profile.histories import Listen, in_order, to_frame
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.small_history import is_small
from unwrapped.music.history.period import Period
from unwrapped.music.profile.taste_profile import TasteProfile, build_profile

BERLIN = ZoneInfo("Europe/Berlin")
WATERLOO = "Abba/Waterloo"
FRIENDS = [f"Friend {i:03}/Song" for i in range(1, 11)]


type History = Callable[[], list[Listen]]
"""Makes a history when a test needs it: making all of them takes seconds."""


@dataclass(frozen=True, kw_only=True)
class Example:
    """A history, and what a rule must find in it, written by hand."""

    listens: History
    value: float
    facts: Mapping[str, object]

    @cached_property
    def profile(self) -> TasteProfile:
        """The profile of the whole history."""
        return profile_in_berlin(self.listens())


@dataclass(frozen=True, kw_only=True)
class Case:
    """Examples in which a rule finds something, and histories in which it finds nothing."""

    examples: Sequence[Example]
    silent: Sequence[History] = ()
    """Histories in which the rule finds nothing, or too little."""


def profile_in_berlin(listens: list[Listen]) -> TasteProfile:
    """The profile of a whole history, built once: many rules share a silent history."""
    return _profile(tuple(in_order(listens)))


@cache
def _profile(listens: tuple[Listen, ...]) -> TasteProfile:
    return build_profile(to_frame(list(listens)), Period(), BERLIN)


def each(rules: Iterable[Rule]) -> pytest.MarkDecorator:
    """Runs a test for each of `rules`."""
    return pytest.mark.parametrize("rule", [pytest.param(r, id=r.name) for r in rules])


def assert_finds(rule: Rule, case: Case) -> None:
    """Check that `rule` finds what the examples of its case expect."""
    for example in case.examples:
        assert not is_small(example.profile), "too small for the house critic"
        finding = rule.find(example.profile)
        assert finding is not None
        assert finding.value == pytest.approx(example.value)
        found = {name: finding.facts[name].value for name in example.facts}
        expected = {
            name: pytest.approx(value) if isinstance(value, float) else value
            for name, value in example.facts.items()
        }
        assert found == expected


def assert_silent(rule: Rule, case: Case) -> None:
    """Check that `rule` finds nothing in the silent histories of its case."""
    assert [rule.find(profile_in_berlin(listens())) for listens in case.silent] == [
        None for _ in case.silent
    ]


def play(
    day: date, hour: float, track: str = WATERLOO, minutes: float | None = 3
) -> Listen:
    """A listen to a track, written `artist/title`; `hour` 12.5 is half past twelve."""
    artist, title = track.split("/")
    begins = datetime.combine(day, time.min, tzinfo=BERLIN) + timedelta(hours=hour)
    return Listen(
        started_at=begins.astimezone(UTC),
        ms_played=None if minutes is None else round(minutes * 60_000),
        artist=artist,
        title=title,
    )


def sitting(
    day: date, tracks: Iterable[str], hour: float = 12, minutes: float = 3
) -> list[Listen]:
    """Tracks one right after another from `hour` on."""
    return [
        play(day, hour + i * minutes / 60, track, minutes)
        for i, track in enumerate(tracks)
    ]


def sittings(days: Iterable[date], a_day: int) -> list[Listen]:
    """`a_day` plays on each of `days`, one after another, of ten friends in turn."""
    friends = cycle(FRIENDS)
    return [row for day in days for row in sitting(day, islice(friends, a_day))]


def days_from(first: date, count: int) -> list[date]:
    """`count` consecutive days from `first` on."""
    return [first + timedelta(days=i) for i in range(count)]


def days_between(first: date, last: date, count: int) -> list[date]:
    """`count` days from `first` to `last`, including both, as evenly as possible."""
    span, gaps = (last - first).days, max(count - 1, 1)
    return [first + timedelta(days=i * span // gaps) for i in range(count)]


def spread(
    tracks: Sequence[str], first: date, last: date, minutes: float | None = 3
) -> list[Listen]:
    """Plays in the given order, as evenly as possible from `first` to `last`, at noon.

    Several on a day follow one another every six minutes.
    """
    rows: list[Listen] = []
    on_day: dict[date, int] = {}
    for day, track in zip(days_between(first, last, len(tracks)), tracks, strict=True):
        on_day[day] = on_day.get(day, -1) + 1
        rows.append(play(day, 12 + on_day[day] / 10, track, minutes))
    return rows


def in_turn(tracks: Sequence[str], count: int) -> list[str]:
    """`count` plays of tracks in turn."""
    return list(islice(cycle(tracks), count))


def group(name: str, count: int) -> list[str]:
    """Artists with one track each: `Friend 001/Song`, `Friend 002/Song`, …"""
    return [f"{name} {i:03}/Song" for i in range(1, count + 1)]


def songs(artist: str, count: int) -> list[str]:
    """Tracks of one artist."""
    return [f"{artist}/Song {i:03}" for i in range(1, count + 1)]


def library(count: int) -> list[str]:
    """Tracks of ten artists in turn."""
    return [f"Band {i % 10}/Song {i:03}" for i in range(count)]


def logged(rows: Iterable[Listen], **columns: str | bool | None) -> list[Listen]:
    """`rows` with columns that a log may have: `album`, `reason_end`, `shuffle`."""
    change: Callable[..., Listen] = replace
    return [change(row, **columns) for row in rows]
