"""Rules about a word in a title, each with a listener who played such a title."""

from dataclasses import replace
from datetime import date
from functools import cache

from tests.music.critic.rules.cases import (
    FRIENDS,
    in_turn,
    profile_in_berlin,
    spread,
)
from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.rules.most_played.title_words import TITLE_WORDS
from unwrapped.music.profile.most_played.title_words import VOCABULARY, TitleWord
from unwrapped.music.profile.taste_profile import TasteProfile


@cache
def somebody() -> TasteProfile:
    days = date(2024, 1, 1), date(2024, 4, 9)
    return profile_in_berlin(spread(in_turn(FRIENDS, 100), *days))


def listener_to(word: str, plays: int) -> TasteProfile:
    """A listener whose most played title with this word has `plays` of 100 plays."""
    entry = TitleWord(
        word=word, tracks=1, artist="Blur", title=f"My {word.title()}", plays=plays
    )
    charts = somebody().charts
    return replace(somebody(), charts=replace(charts, words=[entry]))


def test_each_word_has_a_rule_and_each_rule_has_lines() -> None:
    assert [rule.name for rule in TITLE_WORDS] == [
        f"word_{word}" for word in VOCABULARY
    ]
    beats = read_stock().beats
    assert {rule for rule in beats if rule.startswith("word_")} == {
        r.name for r in TITLE_WORDS
    }
    assert [rule.name for rule in TITLE_WORDS if len(beats[rule.name].lines) < 2] == []


def test_each_rule_finds_its_word_where_the_plays_are_many() -> None:
    for word, rule in zip(VOCABULARY, TITLE_WORDS, strict=True):
        finding = rule.find(listener_to(word, 20))
        assert finding is not None
        assert finding.value == 0.2
        assert {name: fact.value for name, fact in finding.facts.items()} == {
            "title": f"My {word.title()}",
            "artist": "Blur",
            "plays": 20,
        }
        assert rule.find(listener_to(word, 19)) is None
        assert rule.find(listener_to("other", 20)) is None
