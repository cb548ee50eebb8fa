"""Rules about playing the same track again."""

from datetime import date, timedelta

from tests.music.critic.rules.cases import (
    FRIENDS,
    WATERLOO,
    Case,
    Example,
    assert_finds,
    assert_silent,
    days_between,
    days_from,
    each,
    in_turn,
    library,
    sitting,
    songs,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.repeats import REPEATS

NEW_YEAR, EIGHTH = date(2024, 1, 1), date(2024, 1, 8)
PARKLIFE, BELIEVE = "Blur/Parklife", "Cher/Believe"


def spring() -> list[Listen]:
    """A hundred plays of friends from February to May."""
    return spread(in_turn(FRIENDS, 100), date(2024, 2, 1), date(2024, 5, 10))


def week_of(track: str, plays: int, others: int, days: int = 5) -> list[Listen]:
    """Days from 8 January on, each with plays of a track, then of others."""
    evening = [track] * plays + in_turn(FRIENDS, others)
    return [row for day in days_from(EIGHTH, days) for row in sitting(day, evening)]


def weeks_with(parklife: int, believe: int) -> list[Listen]:
    """A day of 27 plays of Waterloo, and weeks later days of two other tracks."""
    return [
        *sitting(date(2024, 1, 8), [WATERLOO] * 27),
        *sitting(date(2024, 1, 22), [PARKLIFE] * parklife),
        *sitting(date(2024, 2, 5), [BELIEVE] * believe),
        *spring(),
    ]


def thousand_and(waterloo: int) -> list[Listen]:
    """200 tracks with a play every twenty days; three days of Waterloo plays."""
    rows = week_of(WATERLOO, plays=waterloo, others=0, days=3)
    for first in days_between(NEW_YEAR, NEW_YEAR + timedelta(days=80), 5):
        rows += spread(library(200), first, first + timedelta(days=4))
    return rows


def days_with_encores(encores: int) -> list[Listen]:
    """Ten days with twenty plays; `encores` tracks are played again at once."""
    tracks = library(20 - encores)
    evening = sorted(tracks[:encores] * 2) + tracks[encores:]
    return [row for day in days_from(NEW_YEAR, 10) for row in sitting(day, evening)]


def mornings(waterloo: int, days: int = 100) -> list[Listen]:
    """Days in a row with two plays; `waterloo` of them begin with Waterloo."""
    opened = days_between(NEW_YEAR, NEW_YEAR + timedelta(days=days - 1), waterloo)
    rows = []
    for day, track in zip(days_from(NEW_YEAR, days), library(days), strict=True):
        rows += sitting(day, [WATERLOO if day in opened else track, FRIENDS[0]])
    return rows


def five_days(others: int) -> list[Listen]:
    """Six plays of Waterloo on each of five days, with `others` others in between."""
    evening = [WATERLOO] * 3 + FRIENDS[:others] + [WATERLOO] * 3
    rows = [row for day in days_from(EIGHTH, 5) for row in sitting(day, evening)]
    return [*rows, *spring()]


def routine(begins: str | None = None, ends: str | None = None) -> list[Listen]:
    """120 sittings of three friends, of which thirty begin or end with this track."""
    rows = []
    for n, day in enumerate(days_from(date(2024, 1, 1), 120)):
        tracks = [FRIENDS[(n + i) % 10] for i in range(3)]
        if n % 4 == 0:
            tracks = [begins or tracks[0], tracks[1], ends or tracks[2]]
        rows += sitting(day, tracks)
    return rows


CASES: dict[str, Case] = {
    "obsession": Case(
        # up to the last play of it, four of the five days have their others
        examples=[
            Example(
                listens=lambda: [*week_of(WATERLOO, plays=12, others=12), *spring()],
                value=60,
                facts={
                    "artist": "Abba",
                    "title": "Waterloo",
                    "plays": 60,
                    "first": date(2024, 1, 8),
                    "last": date(2024, 1, 12),
                    "share": 60 / (60 + 48),
                    "window": 168,
                    "total": 220,
                },
            ),
        ],
        silent=[lambda: spread(FRIENDS, NEW_YEAR, EIGHTH)],
    ),
    "serial_obsession": Case(
        examples=[
            Example(
                listens=lambda: weeks_with(parklife=26, believe=25),
                value=3,
                facts={
                    "tracks": 3,
                    "least": 25,
                    "window": 168,
                    "title": "Waterloo",
                    "other": "Believe",
                },
            ),
        ],
        silent=[lambda: week_of(WATERLOO, plays=4, others=20)],
    ),
    "no_crush": Case(
        examples=[
            Example(
                listens=lambda: thousand_and(waterloo=2),
                value=6,
                facts={
                    "artist": "Abba",
                    "title": "Waterloo",
                    "plays": 6,
                    "first": date(2024, 1, 8),
                    "last": date(2024, 1, 10),
                    "window": 168,
                    "total": 1006,
                },
            ),
        ],
        silent=[lambda: [*week_of(WATERLOO, plays=1, others=0), *spring()]],
    ),
    "loop": Case(
        examples=[
            Example(
                listens=lambda: [*sitting(EIGHTH, [WATERLOO] * 18), *spring()],
                value=18,
                facts={
                    "loop": 18,
                    "artist": "Abba",
                    "title": "Waterloo",
                    "day": date(2024, 1, 8),
                    "again": 17 / 118,
                },
            ),
        ],
    ),
    "again_and_again": Case(
        examples=[
            Example(
                listens=lambda: days_with_encores(3),
                value=0.15,
                facts={
                    "again": 0.15,
                    "loop": 2,
                    "artist": "Band 0",
                    "title": "Song 000",
                    "day": NEW_YEAR,
                },
            ),
        ],
    ),
    "opener": Case(
        examples=[
            Example(
                listens=lambda: mornings(waterloo=25),
                value=0.25,
                facts={"artist": "Abba", "title": "Waterloo", "days": 25, "of": 100},
            ),
        ],
        silent=[lambda: mornings(waterloo=25, days=59)],
    ),
    "week_of_one": Case(
        examples=[
            Example(
                listens=lambda: five_days(others=1),
                value=30 / 35,
                facts={
                    "artist": "Abba",
                    "title": "Waterloo",
                    "plays": 30,
                    "first": date(2024, 1, 8),
                    "last": date(2024, 1, 12),
                    "share": 30 / 35,
                },
            ),
        ],
        silent=[
            lambda: spread(FRIENDS, NEW_YEAR, EIGHTH),
            lambda: week_of(WATERLOO, plays=4, others=0, days=6),
            lambda: week_of(WATERLOO, plays=10, others=0, days=3),
        ],
    ),
    "session_opener": Case(
        examples=[
            Example(
                listens=lambda: routine(begins="Blur/Song 2"),
                value=30 / 120,
                facts={"artist": "Blur", "title": "Song 2", "times": 30, "of": 120},
            )
        ],
        silent=[lambda: routine(begins="Blur/Song 2")[:200]],
    ),
    "session_closer": Case(
        examples=[
            Example(
                listens=lambda: routine(ends="Blur/Song 2"),
                value=30 / 120,
                facts={"artist": "Blur", "title": "Song 2", "times": 30, "of": 120},
            )
        ],
        silent=[lambda: routine(ends="Blur/Song 2")[:200]],
    ),
    "solo_run": Case(
        examples=[
            Example(
                listens=lambda: [
                    *spread(in_turn(FRIENDS, 100), date(2024, 1, 1), date(2024, 2, 19)),
                    *sitting(date(2024, 3, 1), songs("Blur", 4) * 6),
                ],
                value=24,
                facts={
                    "artist": "Blur",
                    "plays": 24,
                    "tracks": 4,
                    "day": date(2024, 3, 1),
                },
            )
        ],
        silent=[lambda: sitting(date(2024, 3, 1), [WATERLOO] * 100)],
    ),
}


@each(REPEATS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(REPEATS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
