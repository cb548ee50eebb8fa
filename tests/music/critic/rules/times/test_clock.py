"""Rules about the hours of the day.

Every history has ten weeks, so that each day of the week occurs as often.
"""

from collections.abc import Iterable
from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    assert_finds,
    assert_silent,
    days_from,
    each,
    in_turn,
    play,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.clock import CLOCK

DAYS = days_from(date(2024, 1, 1), 70)
TUESDAY, SATURDAY = 1, 5

WHEN: dict[str, tuple[list[date], Iterable[int]]] = {
    "night": (DAYS, range(5)),
    "morning": (DAYS, range(5, 9)),
    "office": ([day for day in DAYS if day.weekday() < SATURDAY], range(9, 17)),
    "day": (DAYS, range(10, 16)),
    "at_eight": (DAYS, [8]),
    "evening": (DAYS, range(18, 24)),
    "weekdays": ([day for day in DAYS if day.weekday() < SATURDAY], range(10, 16)),
    "weekend": ([day for day in DAYS if day.weekday() >= SATURDAY], range(10, 16)),
    "tuesday": ([day for day in DAYS if day.weekday() == TUESDAY], range(10, 16)),
    "other_days": ([day for day in DAYS if day.weekday() != TUESDAY], range(10, 16)),
}


def weeks_of_plays(**plays: int) -> list[Listen]:
    """Ten weeks with the given numbers of plays in these parts of the day or the week."""
    rows = []
    for part, count in plays.items():
        days, hours = WHEN[part][0], list(WHEN[part][1])
        rows += [
            play(
                days[i % len(days)],
                hours[i % len(hours)] + i % 60 / 60,
                FRIENDS[i % len(FRIENDS)],
            )
            for i in range(count)
        ]
    return rows


def weeks_by_the_hour(busy: Iterable[int], quiet: Iterable[int]) -> list[Listen]:
    """Ten plays in each of the busy hours, two in each of the quiet ones."""
    plays = {**dict.fromkeys(busy, 10), **dict.fromkeys(quiet, 2)}
    return [
        play(DAYS[7 * i], hour + i / 12, FRIENDS[i])
        for hour, count in plays.items()
        for i in range(count)
    ]


def hours_of_day(count: int, of: int, first: int, last: int) -> dict[str, object]:
    return {"share": count / of, "plays": count, "first": first, "last": last}


def at_eight(plays: int) -> dict[str, object]:
    return {"hour": 8, "share": plays / 100, "plays": plays, "even": 1 / 24}


CASES: dict[str, Case] = {
    "night_owl": Case(
        examples=[
            Example(
                listens=lambda: weeks_of_plays(night=32, day=68),
                value=0.32,
                facts=hours_of_day(32, of=100, first=0, last=5),
            ),
            Example(
                listens=lambda: weeks_of_plays(night=27, day=73),
                value=0.27,
                facts=hours_of_day(27, of=100, first=0, last=5),
            ),
        ],
    ),
    "early_bird": Case(
        examples=[
            Example(
                listens=lambda: weeks_of_plays(morning=40, day=60),
                value=0.40,
                facts=hours_of_day(40, of=100, first=5, last=9),
            ),
            Example(
                listens=lambda: weeks_of_plays(morning=35, day=65),
                value=0.35,
                facts=hours_of_day(35, of=100, first=5, last=9),
            ),
        ],
    ),
    "office_hours": Case(
        examples=[
            Example(
                listens=lambda: weeks_of_plays(office=35, evening=65),
                value=0.35,
                facts={
                    **hours_of_day(35, of=100, first=9, last=17),
                    "workdays": "Monday to Friday",
                },
            ),
            Example(
                listens=lambda: weeks_of_plays(office=31, evening=49, weekend=20),
                value=0.31,
                facts=hours_of_day(31, of=100, first=9, last=17),
            ),
        ],
    ),
    "evening_person": Case(
        examples=[
            Example(
                listens=lambda: weeks_of_plays(evening=48, day=52),
                value=0.48,
                facts=hours_of_day(48, of=100, first=18, last=24),
            ),
            Example(
                listens=lambda: weeks_of_plays(evening=43, day=57),
                value=0.43,
                facts=hours_of_day(43, of=100, first=18, last=24),
            ),
        ],
    ),
    "peak_hour": Case(
        examples=[
            Example(
                listens=lambda: weeks_of_plays(at_eight=32, day=68),
                value=0.32,
                facts=at_eight(32),
            ),
            Example(
                listens=lambda: weeks_of_plays(at_eight=28, day=72),
                value=0.28,
                facts=at_eight(28),
            ),
        ],
    ),
    "round_the_clock": Case(
        # N plays with n in an hour have an effective number of N / product(n ** (n / N))
        examples=[
            Example(
                listens=lambda: weeks_by_the_hour(busy=range(6, 24), quiet=range(6)),
                value=192 / (10 ** (180 / 192) * 2 ** (12 / 192)) / 24,
                facts={
                    "hour": 0,
                    "plays": 2,
                },
            ),
        ],
    ),
    "empty_hours": Case(
        examples=[
            Example(
                listens=lambda: (
                    [
                        play(day, hour, FRIENDS[hour % 10])
                        for day in days_from(date(2024, 1, 1), 60)
                        for hour in range(5, 24)
                    ]
                    + [play(date(2024, 1, 9), 3), play(date(2024, 1, 10), 12.5)]
                ),
                value=0.0,
                facts={
                    "first": 0,
                    "last": 3,
                    "plays": 0,
                    "days": 60,
                    "peak": 12,
                    "most": 61,
                },
            )
        ],
        silent=[
            lambda: spread(in_turn(FRIENDS, 999), date(2024, 1, 1), date(2024, 3, 31))
        ],
    ),
}


@each(CLOCK)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(CLOCK)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
