"""Rules about names: how they begin, and how long they are."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    in_turn,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.most_played.names import NAMES

BEGIN, END = date(2024, 1, 1), date(2024, 4, 9)


def named(*artists: str) -> list[Listen]:
    """Artists in the order of their plays, filled up to ten."""
    others = [f"{letter}band" for letter in "abcdefghij"]
    cast = [*artists, *others][:10]
    return [
        row
        for n, artist in enumerate(cast)
        for row in spread([f"{artist}/Song {'x' * n}"] * (30 - n), BEGIN, END)
    ]


def nine() -> list[Listen]:
    return spread(in_turn(FRIENDS[:9], 200), BEGIN, END)


CASES: dict[str, Case] = {
    "the_names": Case(
        examples=[
            Example(
                listens=lambda: named("The Who", "Abba", "The Cure"),
                value=2,
                facts={
                    "count": 2,
                    "ten": 10,
                    "the": "The",
                    "first": "The Who",
                    "last": "The Cure",
                },
            )
        ],
        silent=[lambda: named("The Who"), nine],
    ),
    "initials": Case(
        examples=[
            Example(
                listens=lambda: named("Zebda", "The Zombies", "Zappa"),
                value=3,
                facts={
                    "count": 3,
                    "ten": 10,
                    "letter": "Z",
                    "first": "Zebda",
                    "next": "The Zombies",
                    "last": "Zappa",
                },
            )
        ],
        silent=[lambda: named("Zebda", "Zappa"), nine],
    ),
    "long_title": Case(
        examples=[
            Example(
                listens=named,
                value=14,
                facts={
                    "title": "Song xxxxxxxxx",
                    "artist": "jband",
                    "letters": 14,
                    "plays": 21,
                },
            )
        ],
        silent=[nine],
    ),
    "short_title": Case(
        examples=[
            Example(
                listens=named,
                value=5,
                facts={"title": "Song ", "artist": "aband", "letters": 5, "plays": 30},
            )
        ],
        silent=[nine],
    ),
}


@each(NAMES)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(NAMES)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
