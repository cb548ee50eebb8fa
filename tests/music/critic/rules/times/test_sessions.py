"""Rules about sessions. Each session has its own day."""

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
    sitting,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.sessions import SESSIONS

NEW_YEAR = date(2024, 1, 1)


def sessions(*plays: int, minutes: float = 5) -> list[Listen]:
    """Sessions of the given numbers of plays, one a day from New Year's Day on."""
    rows = []
    for day, count in zip(days_from(NEW_YEAR, len(plays)), plays, strict=True):
        rows += sitting(day, in_turn(FRIENDS, count), hour=9, minutes=minutes)
    return rows


def thirty_days(with_two: int, days: int = 30) -> list[Listen]:
    """Two plays every morning, and on `with_two` days two more in the evening."""
    rows = []
    for i, day in enumerate(days_from(NEW_YEAR, days)):
        rows += sitting(day, in_turn(FRIENDS[i % 9 :], 2), hour=8)
        if i < with_two:
            rows += sitting(day, in_turn(FRIENDS[i % 9 :], 2), hour=20)
    return rows


CASES: dict[str, Case] = {
    "marathons": Case(
        # 40 plays of 5 minutes are three hours and a third
        examples=[
            Example(
                listens=lambda: sessions(*[40] * 3, *[5] * 20),
                value=120 / 220,
                facts={
                    "marathon": 120 / 220,
                    "limit": 3,
                    "dips": 0.0,
                    "count": 23,
                    "median": 25,
                    "hours": 200 / 60,
                    "plays": 40,
                    "day": NEW_YEAR,
                },
            ),
        ],
        silent=[lambda: sessions(*[40] * 19)],
    ),
    "dips": Case(
        examples=[
            Example(
                listens=lambda: sessions(*[2] * 20, *[1] * 5, *[6] * 25),
                value=0.5,
                facts={"dips": 0.5, "count": 50, "few": 2},
            ),
        ],
        silent=[lambda: sessions(*[2] * 19)],
    ),
    "longest_session": Case(
        examples=[
            Example(
                listens=lambda: sessions(180, *[3] * 20, minutes=3),
                value=9.0,
                facts={"day": NEW_YEAR, "hours": 9.0, "plays": 180},
            ),
        ],
        silent=[lambda: sessions(180, *[3] * 18, minutes=3)],
    ),
    "long_sittings": Case(
        examples=[
            Example(
                listens=lambda: sessions(*[26] * 21),
                value=130,
                facts={"median": 130, "count": 21},
            ),
        ],
        silent=[lambda: sessions(*[26] * 19)],
    ),
    "many_visits": Case(
        examples=[
            Example(
                listens=lambda: thirty_days(with_two=30),
                value=2.0,
                facts={"usual": 2.0, "count": 60, "days": 30},
            ),
        ],
        silent=[lambda: thirty_days(with_two=9, days=10)],
    ),
    "few_visits": Case(
        examples=[
            Example(
                listens=lambda: [
                    row
                    for day in days_from(date(2024, 1, 1), 25)
                    for row in sitting(day, FRIENDS[:5])
                ],
                value=1.0,
                facts={"usual": 1.0, "count": 25, "days": 25},
            )
        ],
        silent=[
            lambda: [
                row
                for day in days_from(date(2024, 1, 1), 19)
                for row in sitting(day, FRIENDS[:6])
            ]
        ],
    ),
}


@each(SESSIONS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(SESSIONS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
