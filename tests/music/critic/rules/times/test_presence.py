"""Rules about days with and without music."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    assert_finds,
    assert_silent,
    days_between,
    days_from,
    each,
    play,
    sittings,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.presence import PRESENCE

NEW_YEAR = date(2024, 1, 1)
OF_A_TRACK = 3 / (24 * 60)
"""The three minutes of a track, in days."""


def all_but(off: int) -> list[Listen]:
    """A hundred days with two plays each, except `off` of them."""
    days = days_from(NEW_YEAR, 100)
    resting = days_between(days[1], days[98], off)
    return sittings([day for day in days if day not in resting], a_day=2)


def now_and_then(active: int) -> list[Listen]:
    """A hundred days, `active` of which, far between, have five plays."""
    return sittings(days_between(NEW_YEAR, date(2024, 4, 9), active), a_day=5)


def run_of(days: int) -> list[Listen]:
    """`days` days in a row with three plays, then ten days with pauses between."""
    run = days_from(NEW_YEAR, days)
    later = days_between(date(2024, 2, 20), date(2024, 3, 9), 10)
    return sittings([*run, *later], a_day=3)


def quiet_until(back: date) -> list[Listen]:
    """Ten plays on ten days, the last to 12:30 on 10 January; from 12:30 on five more."""
    before = sittings(days_from(NEW_YEAR, 10), a_day=10)
    return [*before, *(play(back, 12.5 + i, FRIENDS[i]) for i in range(5))]


def daily_but(off: int, days: int = 360) -> list[Listen]:
    """A play at noon on each of `days` days, except `off` of them from 11 January on."""
    resting = days_from(date(2024, 1, 11), off)
    return [
        play(day, 12, FRIENDS[i % 10])
        for i, day in enumerate(days_from(NEW_YEAR, days))
        if day not in resting
    ]


def month_of(a_day: int, days: int = 30) -> list[Listen]:
    """`days` days in a row with `a_day` plays of three minutes each."""
    return sittings(days_from(NEW_YEAR, days), a_day)


CASES: dict[str, Case] = {
    "daily_bread": Case(
        examples=[
            Example(
                listens=lambda: all_but(off=10),
                value=0.9,
                facts={"active": 90, "days": 100, "share": 0.9, "off": 10},
            ),
        ],
        silent=[lambda: sittings(days_from(NEW_YEAR, 59), a_day=2)],
    ),
    "rare_visitor": Case(
        examples=[
            Example(
                listens=lambda: now_and_then(active=25),
                value=0.25,
                facts={"active": 25, "days": 100, "share": 0.25, "off": 75},
            ),
        ],
        silent=[
            lambda: sittings(days_between(NEW_YEAR, date(2024, 2, 28), 9), a_day=10)
        ],
    ),
    "long_streak": Case(
        examples=[
            Example(
                listens=lambda: run_of(days=40),
                value=40,
                facts={"streak": 40, "first": NEW_YEAR, "last": date(2024, 2, 9)},
            ),
        ],
    ),
    "long_silence": Case(
        examples=[
            Example(
                listens=lambda: quiet_until(date(2024, 3, 20)),
                value=70.0,
                facts={
                    "silence": 70.0,
                    "first": date(2024, 1, 10),
                    "last": date(2024, 3, 20),
                },
            ),
        ],
        silent=[
            lambda: [play(NEW_YEAR, 12)],
            lambda: [play(NEW_YEAR, 12, minutes=6), play(NEW_YEAR, 12.05)],
        ],
    ),
    "never_away": Case(
        examples=[
            Example(
                listens=lambda: daily_but(off=1),
                value=2 - OF_A_TRACK,
                facts={
                    "silence": 2 - OF_A_TRACK,
                    "first": date(2024, 1, 10),
                    "last": date(2024, 1, 12),
                },
            ),
        ],
        silent=[lambda: daily_but(off=1, days=349)],
    ),
    "heavy_days": Case(
        examples=[
            Example(
                listens=lambda: month_of(a_day=40),
                value=40.0,
                facts={"usual": 40.0, "plays": 1200, "days": 30},
            ),
        ],
        silent=[lambda: month_of(a_day=40, days=29)],
    ),
    "light_days": Case(
        examples=[
            Example(
                listens=lambda: month_of(a_day=4),
                value=4.0,
                facts={"usual": 4.0, "plays": 120, "days": 30},
            ),
        ],
        silent=[lambda: month_of(a_day=4, days=29)],
    ),
}


@each(PRESENCE)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(PRESENCE)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
