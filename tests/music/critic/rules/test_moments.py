"""Rules about single plays: the first, the last, the round number."""

from datetime import date

from tests.music.critic.rules.stories import (
    FRIENDS,
    Case,
    Story,
    each,
    in_turn,
    says_nothing,
    spread,
    tells,
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


def story(listens: list[Listen], artist: str, plays: int, number: int) -> Story:
    days = {1: BEGIN, 1000: date(2024, 8, 15), 1200: END}
    return Story(
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
    "first_forgotten": Case(stories=[story(RARE, "First", 1, 1)], silent=[SHORT]),
    "first_kept": Case(stories=[story(DEAR, "First", 90, 1)], silent=[SHORT]),
    "last_newcomer": Case(stories=[story(RARE, "Last", 1, 1200)], silent=[SHORT]),
    "last_faithful": Case(stories=[story(DEAR, "Last", 90, 1200)], silent=[SHORT]),
    "milestone_stranger": Case(stories=[story(RARE, "Round", 1, 1000)], silent=[SHORT]),
    "milestone_friend": Case(stories=[story(DEAR, "Round", 90, 1000)], silent=[SHORT]),
}


@each(MOMENTS)
def test_finds_what_its_stories_tell(rule: Rule) -> None:
    tells(rule, CASES[rule.name])


@each(MOMENTS)
def test_says_nothing_of_too_little(rule: Rule) -> None:
    says_nothing(rule, CASES[rule.name])
