"""Rules about the days of the week."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    assert_finds,
    assert_silent,
    days_from,
    each,
    play,
)
from tests.music.critic.rules.times.test_clock import weeks_of_plays
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.weekdays import WEEKDAYS


def weekend_of(share: float) -> dict[str, object]:
    return {
        "weekend": share,
        "week": 1 - share,
        "even": 2 / 7,
        "days": "Saturday and Sunday",
        "workdays": "Monday to Friday",
    }


def tuesdays(plays: int) -> dict[str, object]:
    return {
        "weekday": "Tuesday",
        "share": plays / 100,
        "even": 1 / 7,
        "plays": plays,
    }


CASES: dict[str, Case] = {
    "weekender": Case(
        examples=[
            Example(
                listens=lambda: weeks_of_plays(weekend=45, weekdays=55),
                value=0.45,
                facts=weekend_of(0.45),
            ),
            Example(
                listens=lambda: weeks_of_plays(weekend=40, weekdays=60),
                value=0.40,
                facts=weekend_of(0.40),
            ),
        ],
    ),
    "weekday_worker": Case(
        examples=[
            Example(
                listens=lambda: weeks_of_plays(weekend=15, weekdays=85),
                value=0.15,
                facts=weekend_of(0.15),
            ),
            Example(
                listens=lambda: weeks_of_plays(weekend=20, weekdays=80),
                value=0.20,
                facts=weekend_of(0.20),
            ),
        ],
    ),
    "day_of_days": Case(
        examples=[
            Example(
                listens=lambda: weeks_of_plays(tuesday=25, other_days=75),
                value=0.25,
                facts=tuesdays(25),
            ),
            Example(
                listens=lambda: weeks_of_plays(tuesday=22, other_days=78),
                value=0.22,
                facts=tuesdays(22),
            ),
        ],
    ),
    "day_off": Case(
        examples=[
            Example(
                listens=lambda: [
                    play(day, 12, FRIENDS[n % 10])
                    for n, day in enumerate(days_from(date(2024, 1, 1), 140))
                    if day.weekday() != 2 or n < 7
                ],
                value=1 / 121,
                facts={
                    "weekday": "Wednesday",
                    "share": 1 / 121,
                    "plays": 1,
                    "even": 1 / 7,
                },
            )
        ],
        silent=[
            lambda: (
                [
                    play(day, 12, FRIENDS[n % 10])
                    for n, day in enumerate(days_from(date(2024, 1, 1), 50))
                ]
                * 3
            )
        ],
    ),
}


@each(WEEKDAYS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(WEEKDAYS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
