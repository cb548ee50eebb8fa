"""Rules about single plays: the first, the last, one with a round number."""

from datetime import date

from tests.music.critic.rules.cases import (
    FRIENDS,
    Case,
    Example,
    History,
    assert_finds,
    assert_silent,
    each,
    in_turn,
    spread,
)
from tests.music.profile.histories import Listen
from unwrapped.music.critic.rule import Rule
from unwrapped.music.critic.rules.milestones import MILESTONES

BEGIN, END = date(2024, 1, 1), date(2024, 9, 30)


def short() -> list[Listen]:
    return spread(in_turn(FRIENDS, 300), BEGIN, date(2024, 2, 1))


def history(first: int, last: int, thousandth: int) -> list[Listen]:
    """1,200 plays, with these totals of the first track, the last and the
    thousandth."""
    tracks = in_turn(FRIENDS, 1200)
    tracks[:first] = ["First/Song"] * first
    tracks[1000 - thousandth : 1000] = ["Round/Song"] * thousandth
    tracks[-last:] = ["Last/Song"] * last
    return spread(tracks, BEGIN, END)


def rare() -> list[Listen]:
    return history(1, 1, 1)


def dear() -> list[Listen]:
    return history(90, 90, 90)


def example(listens: History, artist: str, plays: int, number: int) -> Example:
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
    "first_forgotten": Case(examples=[example(rare, "First", 1, 1)], silent=[short]),
    "first_kept": Case(examples=[example(dear, "First", 90, 1)], silent=[short]),
    "last_newcomer": Case(examples=[example(rare, "Last", 1, 1200)], silent=[short]),
    "last_faithful": Case(examples=[example(dear, "Last", 90, 1200)], silent=[short]),
    "milestone_stranger": Case(
        examples=[example(rare, "Round", 1, 1000)], silent=[short]
    ),
    "milestone_friend": Case(
        examples=[example(dear, "Round", 90, 1000)], silent=[short]
    ),
}


@each(MILESTONES)
def test_a_rule_finds_what_its_examples_show(rule: Rule) -> None:
    assert_finds(rule, CASES[rule.name])


@each(MILESTONES)
def test_a_rule_is_silent_where_there_is_too_little(rule: Rule) -> None:
    assert_silent(rule, CASES[rule.name])
