"""Rules about a word in a title."""

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
from unwrapped.music.critic.rules.words import WORDS
from unwrapped.music.profile.charts import WORDS as STOCK


def titled(word: str, plays: int) -> list[Listen]:
    """So many plays of a track with this word in its title, and a hundred of friends."""
    tracks = [f"Blur/My {word.title()}, My Song"] * plays + in_turn(FRIENDS, 100)
    return spread(tracks, date(2024, 1, 1), date(2024, 4, 9))


def case(word: str) -> Case:
    title = f"My {word.title()}, My Song"
    facts = {"artist": "Blur", "title": title, "plays": 12}
    return Case(
        stories=[Story(listens=titled(word, 12), value=12, facts=facts)],
        silent=[titled(word, 9), titled(f"{word}s", 12)],
    )


CASES: dict[str, Case] = {f"word_{word}": case(word) for word in STOCK}


def test_every_word_that_is_looked_for_has_a_rule() -> None:
    assert {rule.name for rule in WORDS} == CASES.keys()


@each(WORDS)
def test_finds_what_its_stories_tell(rule: Rule) -> None:
    tells(rule, CASES[rule.name])


@each(WORDS)
def test_says_nothing_of_too_little(rule: Rule) -> None:
    says_nothing(rule, CASES[rule.name])
