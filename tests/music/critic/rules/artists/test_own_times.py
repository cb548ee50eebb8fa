"""Rules about artists bound to certain days, hours and months."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    WATERLOO,
    Case,
    Example,
    assert_finds,
    assert_silent,
    days_from,
    each,
    in_turn,
    play,
    sitting,
    songs,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.artists.own_times import OWN_TIMES

FIRST = date(2024, 1, 1)


def haunting(hour: float, inside: int) -> list[Listen]:
    """Sixty plays of Abba, `inside` of them at this hour, and many of others at noon."""
    days = days_from(FIRST, 60)
    return [
        *(play(day, 11 + i / 10, f"Other {i}/Song") for day in days for i in range(8)),
        *(
            play(day, hour if n < inside else 15, WATERLOO)
            for n, day in enumerate(days)
        ),
    ]


def weekends(inside: int) -> list[Listen]:
    """Sixty plays of Abba, `inside` of them on Saturdays; many of others on weekdays."""
    days = days_from(FIRST, 420)
    saturdays = [day for day in days if day.weekday() == 5][:inside]
    mondays = [day for day in days if day.weekday() == 0][: 60 - inside]
    return [
        *(play(day, 11, FRIENDS[n % 10]) for n, day in enumerate(days)),
        *(play(day, 13, WATERLOO) for day in (*saturdays, *mondays)),
    ]


CASES: dict[str, Case] = {
    "night_artist": Case(
        examples=[
            Example(
                listens=lambda: haunting(hour=3, inside=40),
                value=40 / 60,
                facts={
                    "artist": "Abba",
                    "inside": 40,
                    "plays": 60,
                    "share": 40 / 60,
                    "usual": 40 / 540,
                    "first": 0,
                    "last": 5,
                },
            )
        ],
        silent=[lambda: haunting(hour=3, inside=14)],
    ),
    "morning_artist": Case(
        examples=[
            Example(
                listens=lambda: haunting(hour=7, inside=40),
                value=40 / 60,
                facts={
                    "artist": "Abba",
                    "inside": 40,
                    "plays": 60,
                    "share": 40 / 60,
                    "usual": 40 / 540,
                    "first": 5,
                    "last": 9,
                },
            )
        ],
        silent=[lambda: haunting(hour=7, inside=14)],
    ),
    "weekend_artist": Case(
        examples=[
            Example(
                listens=lambda: weekends(inside=45),
                value=0.75,
                facts={
                    "artist": "Abba",
                    "inside": 45,
                    "plays": 60,
                    "share": 0.75,
                    "usual": 165 / 480,
                    "days": "Saturday and Sunday",
                },
            )
        ],
        silent=[lambda: weekends(inside=14)],
    ),
    "day_of_one": Case(
        examples=[
            Example(
                listens=lambda: [
                    *spread(in_turn(FRIENDS, 100), FIRST, date(2024, 2, 19)),
                    *sitting(date(2024, 3, 1), [*songs("Blur", 40), *FRIENDS]),
                ],
                value=40,
                facts={
                    "artist": "Blur",
                    "plays": 40,
                    "of": 50,
                    "day": date(2024, 3, 1),
                },
            )
        ],
        silent=[lambda: spread(in_turn(FRIENDS, 200), FIRST, date(2024, 2, 19))],
    ),
    "month_of_one": Case(
        examples=[
            Example(
                listens=lambda: [
                    *spread(in_turn(FRIENDS, 100), FIRST, date(2024, 1, 31)),
                    *spread(
                        [WATERLOO] * 90 + FRIENDS * 3,
                        date(2024, 2, 1),
                        date(2024, 2, 29),
                    ),
                ],
                value=0.75,
                facts={
                    "artist": "Abba",
                    "plays": 90,
                    "of": 120,
                    "share": 0.75,
                    "month": date(2024, 2, 1),
                },
            )
        ],
        silent=[lambda: spread(in_turn(FRIENDS, 99), FIRST, date(2024, 1, 31))],
    ),
}


@each(OWN_TIMES)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(OWN_TIMES)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
