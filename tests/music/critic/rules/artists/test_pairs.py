"""Rules about pairs of artists."""

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
    play,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.artists.pairs import PAIRS

FIRST = date(2024, 1, 1)


def apart(shared: int) -> list[Listen]:
    """Abba and Blur on thirty days each of sixty, `shared` of them together."""
    days = days_from(FIRST, 60)
    return [
        *(play(day, 12, FRIENDS[n % 10]) for n, day in enumerate(days)),
        *(play(day, 13, WATERLOO) for day in days[:30]),
        *(play(day, 14, "Blur/Song 2") for day in days[30 - shared : 60 - shared]),
    ]


CASES: dict[str, Case] = {
    "strangers": Case(
        examples=[
            Example(
                listens=lambda: apart(shared=0),
                value=15.0,
                facts={
                    "one": "Abba",
                    "other": "Blur",
                    "one_days": 30,
                    "other_days": 30,
                    "shared": 0,
                },
            )
        ],
        silent=[
            lambda: [
                row for row in apart(shared=1) if not row.artist.startswith("Friend")
            ]
        ],
    ),
    "inseparable": Case(
        examples=[
            Example(
                listens=lambda: apart(shared=28),
                value=28 / 32,
                facts={"one": "Abba", "other": "Blur", "shared": 28, "either": 32},
            )
        ],
        silent=[lambda: apart(shared=0)],
    ),
}


@each(PAIRS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(PAIRS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
