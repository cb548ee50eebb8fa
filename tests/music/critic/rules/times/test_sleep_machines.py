"""The rule about sleep machines."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    in_turn,
    sitting,
    spread,
)
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.times.sleep_machines import SLEEP_MACHINES

OTHERS = spread(in_turn(FRIENDS, 300), date(2024, 1, 1), date(2024, 9, 30))
NIGHTS = [
    *sitting(date(2024, 3, 1), ["Sounds/Rain"] * 20, hour=23.5),
    *sitting(date(2024, 3, 4), ["Sounds/Rain"] * 12, hour=1),
]

CASES: dict[str, Case] = {
    "sleep_machine": Case(
        examples=[
            Example(
                listens=lambda: [*OTHERS, *NIGHTS],
                value=2,
                facts={
                    "artist": "Sounds",
                    "title": "Rain",
                    "plays": 32,
                    "run": 20,
                    "day": date(2024, 3, 1),
                    "nights": 2,
                    "first": 23,
                    "last": 7,
                },
            )
        ],
        silent=[lambda: OTHERS],
    ),
}


@each(SLEEP_MACHINES)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(SLEEP_MACHINES)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
