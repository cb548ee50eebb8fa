"""Rules about artists and tracks that were played briefly and never again."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    WATERLOO,
    Case,
    Example,
    assert_finds,
    assert_silent,
    each,
    in_turn,
    sitting,
    songs,
    spread,
)
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.artists.brief_encounters import ENCOUNTERS

BEGIN, END, MAY = date(2024, 1, 1), date(2024, 9, 30), date(2024, 5, 1)
OTHERS = spread(in_turn(FRIENDS, 300), BEGIN, END)

CASES: dict[str, Case] = {
    "one_day_artist": Case(
        examples=[
            Example(
                listens=lambda: [*OTHERS, *sitting(MAY, songs("Blur", 12) * 2)],
                value=24,
                facts={"artist": "Blur", "plays": 24, "tracks": 12, "day": MAY},
            )
        ],
        silent=[lambda: OTHERS],
    ),
    "one_day_track": Case(
        examples=[
            Example(
                listens=lambda: [*OTHERS, *sitting(MAY, ["Blur/Song 2"] * 20)],
                value=20,
                facts={"artist": "Blur", "title": "Song 2", "plays": 20, "day": MAY},
            )
        ],
        silent=[lambda: OTHERS],
    ),
    "fling": Case(
        examples=[
            Example(
                listens=lambda: [
                    *OTHERS,
                    *spread([WATERLOO] * 60, MAY, date(2024, 5, 21)),
                ],
                value=60,
                facts={
                    "artist": "Abba",
                    "plays": 60,
                    "first": MAY,
                    "last": date(2024, 5, 21),
                    "days": 21,
                },
            )
        ],
        silent=[lambda: [*OTHERS, *spread([WATERLOO] * 60, date(2024, 9, 1), END)]],
    ),
}


@each(ENCOUNTERS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(ENCOUNTERS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
