"""Rules about single plays: the first, the last, the round number."""

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
from unwrapped.music.critic.rules.moments import MOMENTS

BEGIN, END = date(2024, 1, 1), date(2024, 9, 30)
SHORT = spread(in_turn(FRIENDS, 300), BEGIN, date(2024, 2, 1))


def history(first: int, last: int, thousandth: int) -> list[Listen]:
    """1,200 plays; the totals of the first track, the last one and the thousandth."""
    tracks = in_turn(FRIENDS, 1200)
    tracks[:first] = ["First/Song"] * first
    tracks[1000 - thousandth : 1000] = ["Round/Song"] * thousandth
    tracks[-last:] = ["Last/Song"] * last
    return spread(tracks, BEGIN, END)


RARE, DEAR = history(1, 1, 1), history(90, 90, 90)


def example(listens: list[Listen], artist: str, plays: int, number: int) -> Example:
    days = {1: BEGIN, 1000: date(2024, 8, 15), 1200: END}
    return Example(
        listens=listens,
        value=plays,
        facts={
            "artist": artist,
            "title": "Song",
            "plays": plays,
            "number": number,
            "day": days[number],
        },
    )


CASES: dict[str, Case] = {
    "first_forgotten": Case(examples=[example(RARE, "First", 1, 1)], silent=[SHORT]),
    "first_kept": Case(examples=[example(DEAR, "First", 90, 1)], silent=[SHORT]),
    "last_newcomer": Case(examples=[example(RARE, "Last", 1, 1200)], silent=[SHORT]),
    "last_faithful": Case(examples=[example(DEAR, "Last", 90, 1200)], silent=[SHORT]),
    "milestone_stranger": Case(
        examples=[example(RARE, "Round", 1, 1000)], silent=[SHORT]
    ),
    "milestone_friend": Case(
        examples=[example(DEAR, "Round", 90, 1000)], silent=[SHORT]
    ),
}


@each(MOMENTS)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(MOMENTS)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
