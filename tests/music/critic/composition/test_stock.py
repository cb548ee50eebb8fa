"""The linter of the stock: run it after writing lines (`task critic:lint`).

A line may use the facts of its rule and of the cast. It claims nothing that they do not
hold: figures, dates and names come from slots, and so does what compares or ranks.
"""

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from unwrapped.music.critic.composition.cast import cast_of
from unwrapped.music.critic.composition.line import SURPRISE, Line
from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.evidence import Evidence, fact
from unwrapped.music.critic.fact_check import TIME_WORDS, unproven, unsupported
from unwrapped.music.critic.rules import RULES
from unwrapped.music.critic.weighing import weigh
from unwrapped.music.profile.taste_profile import TasteProfile

STOCK = read_stock()

JUDGEMENT = 6
"""The most words of a sentence without a fact."""

FIGURES = 2
"""The most figures of a sentence, apart from times of day and years."""

UNKIND = frozenset(
    [
        "religion",
        "religions",
        "religious",
        "god",
        "gods",
        "church",
        "prayer",
        "prayers",
        "pray",
        "monk",
        "monks",
        "nun",
        "nuns",
        "priest",
        "sin",
        "fat",
        "thin",
        "skinny",
        "ugly",
        "bald",
        "wrinkled",
        "deaf",
        "lame",
        "poor",
        "rich",
        "cheap",
        "wage",
        "foreign",
        "foreigner",
        "native",
        "tribe",
        "sexy",
        "naked",
        "virgin",
        "lust",
        "bed",
        "drunk",
    ]
)
"""Words about body, origin, faith, money or sex; these have no place in a verdict."""

STATISTICS = re.compile(
    r"\b(effective|median|gini|percentile|standard deviation|average of|per cent of"
    r" plays by|168 hours|log|logged)\b"
)
"""Words that only a statistician understands, or that show how the data is stored."""


@dataclass(frozen=True)
class Place:
    """A line with the facts that it may use."""

    where: str
    line: Line
    facts: Mapping[str, Evidence]


def beats(profile: TasteProfile, wanted: set[str]) -> Iterator[Place]:
    """The wanted lines of beats, with the facts of a profile."""
    cast = cast_of(profile)
    for found in weigh(profile):
        rule = found.rule.name
        if rule in STOCK.beats:
            facts = {**cast, **found.finding.facts}
            for line in of(STOCK.beats[rule].lines, wanted):
                yield Place(f"beats: {rule}", line, facts)


def of(lines: Iterable[Line], wanted: set[str]) -> Iterator[Line]:
    """The lines whose text is wanted."""
    return (line for line in lines if line.text in wanted)


def words(profile: TasteProfile) -> Iterator[Place]:
    """The lines about words in titles (few listeners have any), with a title of some
    listener."""
    track = profile.charts.tracks[0]
    facts = cast_of(profile) | {
        "title": fact(
            "most played track with a word in its title", track.title, "title"
        ),
        "artist": fact("its artist", track.artist, "artist"),
        "plays": fact("its plays", track.plays, "plays"),
    }
    for rule, stock in STOCK.beats.items():
        if rule.startswith("word_"):
            for line in stock.lines:
                yield Place(f"words: {rule}", line, facts)


@pytest.fixture(scope="module")
def places(profiles: list[TasteProfile]) -> dict[str, Place]:
    """Each line of the stock, with the facts of a listener who has them."""
    found = {place.line.text: place for place in words(profiles[0])}
    wanted = {line.text for _, line in every_line()} - found.keys()
    for profile in profiles:
        for place in beats(profile, wanted):
            if place.line.needs <= place.facts.keys():
                found[place.line.text] = place
                wanted.discard(place.line.text)
    return found


def every_line() -> Iterator[tuple[str, Line]]:
    """All lines of beats with their rules."""
    for rule, stock in STOCK.beats.items():
        yield from ((rule, line) for line in stock.lines)


def with_stories() -> Iterator[tuple[str, Line]]:
    """All lines, including those of stories, which have a linter of their own."""
    yield from every_line()
    for name, story in STOCK.stories.items():
        places = (place.lines for place in story.passages)
        ends = (story.openings, story.closings, story.titles)
        lines = itertools.chain.from_iterable((*ends, *places))
        yield from ((name, line) for line in lines)


def test_the_stock_is_large_enough() -> None:
    assert len(STOCK.stories) >= 50
    assert sum(1 for _ in every_line()) >= 500


def test_each_rule_has_lines_and_each_line_a_rule() -> None:
    rules = {rule.name for rule in RULES}
    assert rules == STOCK.beats.keys()
    assert {
        rule: n for rule, stock in STOCK.beats.items() if (n := len(stock.lines)) < 2
    } == {}


def test_no_line_occurs_twice() -> None:
    counts = Counter(line.text for _, line in with_stories())
    assert [text for text, count in counts.items() if count > 1] == []


def test_slots_are_facts_that_somebody_has(places: dict[str, Place]) -> None:
    assert [f"{w}: {x.text}" for w, x in every_line() if x.text not in places] == []


def test_gates_compare_facts_that_exist(places: dict[str, Place]) -> None:
    wrong = [
        f"{place.where}: {condition.name} in {place.line.text}"
        for place in places.values()
        for condition in place.line.when
        if condition.name != SURPRISE and condition.name not in place.facts
    ]
    assert wrong == []


def test_figures_dates_and_names_come_from_slots(places: dict[str, Place]) -> None:
    wrong = []
    for place in places.values():
        said = place.line.say(place.facts)
        bare = re.sub(r"\{\w*\}", "", place.line.text)
        faults = [*unproven(said.text, said.evidence), *re.findall(r"\d+", bare)]
        faults += TIME_WORDS.findall(bare)
        wrong += [f"{place.where}: {fault} in {place.line.text}" for fault in faults]
    assert wrong == []


def test_what_compares_or_ranks_is_in_the_evidence(places: dict[str, Place]) -> None:
    wrong = []
    for place in places.values():
        said = place.line.say(place.facts)
        faults = unsupported(said.text, said.evidence, JUDGEMENT)
        wrong += [f"{place.where}: {fault} in {place.line.text}" for fault in faults]
    assert wrong == []


def test_a_sentence_has_two_figures_at_most(places: dict[str, Place]) -> None:
    wrong = []
    for place in places.values():
        for sentence in re.split(r"(?<=[.?!])\s+", place.line.text):
            figures = [
                name
                for name in re.findall(r"\{(\w+)\}", sentence)
                if isinstance(place.facts[name].value, int | float)
                and place.facts[name].unit not in {"clock", "year"}
            ]
            if len(figures) > FIGURES:
                wrong.append(f"{place.where}: {sentence}")
    assert wrong == []


def test_words_are_kind_and_plain() -> None:
    for where, line in with_stories():
        words = set(re.findall(r"[a-z]+", re.sub(r"\{\w*\}", "", line.text.lower())))
        assert not words & UNKIND, (where, line.text)
        bare = re.sub(r"\{\w*\}", "", line.text.lower())
        assert not STATISTICS.search(bare), (where, line.text)


def test_a_line_is_whole_sentences_on_one_line() -> None:
    titles = {line.text for one in STOCK.stories.values() for line in one.titles}
    for where, line in with_stories():
        assert line.text == " ".join(line.text.split()), where
        assert line.text[0] in "{“" or line.text[0].isupper(), (where, line.text)
        assert line.text in titles or line.text.rstrip("”")[-1] in ".?!", (
            where,
            line.text,
        )
