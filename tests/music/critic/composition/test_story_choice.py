"""The linter of stories: reads each line with the facts of listeners whom it fits."""

import re
from collections.abc import Iterable, Iterator, Mapping

import pytest

from unwrapped.music.critic.composition.fact_types import Facts
from unwrapped.music.critic.composition.line import Line, gate_of
from unwrapped.music.critic.composition.listener.all_facts import all_facts_of
from unwrapped.music.critic.composition.stock import Story, read_stock
from unwrapped.music.critic.composition.story_choice import applies, render
from unwrapped.music.critic.evidence import NAMES, fact
from unwrapped.music.critic.fact_check import TIME_WORDS, unproven, unsupported
from unwrapped.music.critic.seeded_draws import fingerprint
from unwrapped.music.critic.weighing import weigh
from unwrapped.music.profile.most_played.artist_words import KINDS
from unwrapped.music.profile.most_played.title_words import VOCABULARY
from unwrapped.music.profile.taste_profile import TasteProfile

STORIES = read_stock().stories

SCENE = 16
"""The most words of a sentence that states no fact and only sets the scene."""

FIGURES, SENTENCES, LONGEST, WHOLE = 2, 3, 330, (450, 1_900)
"""The most figures of a sentence (hours and years aside), sentences of a passage and characters
of a passage, and the fewest and most characters of a text."""

PLACES = (2, 4)
"""The fewest and most wordings of a passage."""


def lines_of(story: Story) -> Iterator[tuple[str, Line]]:
    """All lines with their place."""
    yield from (("title", line) for line in story.titles)
    yield from (("opening", line) for line in story.openings)
    for number, passage in enumerate(story.passages, 1):
        yield from ((f"passage {number}", line) for line in passage.lines)
    yield from (("closing", line) for line in story.closings)


def faults_of(place: str, line: Line, facts: Facts) -> Iterator[str]:
    """The faults of a line when it is said of somebody."""
    said, bare = line.say(facts), re.sub(r"\{\w*\}", "", line.text)
    yield from (f"not proven: {one}" for one in unproven(said.text, said.evidence))
    yield from (f"from no slot: {one}" for one in re.findall(r"\d+", bare))
    yield from (f"from no slot: {one}" for one in TIME_WORDS.findall(bare))
    loose = place in {"title", "closing"}
    for fault in unsupported(said.text, said.evidence, SCENE):
        if not loose or fault.startswith("no evidence"):
            yield fault
    if "}'s" in line.text:
        yield "a possessive, which does not suit names that end in s"
    sentences = re.split(r"(?<=[.?!])\s+", line.text)
    for sentence in sentences:
        figures = [
            name
            for name in re.findall(r"\{(\w+)\}", sentence)
            if isinstance(facts[name].value, int | float)
            and facts[name].unit not in {"clock", "year"}
        ]
        if len(figures) > FIGURES:
            yield f"{len(figures)} figures: {sentence}"
    if len(sentences) > SENTENCES and place != "title":
        yield f"{len(sentences)} sentences"
    if len(said.text) > LONGEST:
        yield f"{len(said.text)} characters"


def lent() -> Facts:
    """Names and titles with words that perhaps no made-up listener has."""
    facts: Facts = {}
    for kind, (word, *_) in KINDS.items():
        facts |= {
            f"name_{kind}": fact(
                "artist with a word of the kind", f"The {word}", "artist"
            ),
            f"name_{kind}_plays": fact("plays of that artist", 40, "plays"),
        }
    for word in VOCABULARY:
        facts |= {
            f"w_{word}": fact("most played track with the word", f"A {word}", "title"),
            f"w_{word}_artist": fact("its artist", f"{word} & Sons", "artist"),
            f"w_{word}_plays": fact("its plays", 40, "plays"),
        }
    return facts


@pytest.fixture(scope="module")
def portraits(profiles: list[TasteProfile]) -> list[tuple[TasteProfile, Facts]]:
    return [(one, all_facts_of(one, weigh(one))) for one in profiles]


@pytest.fixture(scope="module")
def everyone(portraits: list[tuple[TasteProfile, Facts]]) -> list[Facts]:
    """The facts of the made-up listeners, as they are and with those that are lent."""
    facts, more = [facts for _, facts in portraits], lent()
    return [*facts, *(more | one for one in facts)]


@pytest.mark.parametrize("name", STORIES)
def test_each_line_is_true_of_listeners_who_pass_its_gate(
    name: str, everyone: list[Facts]
) -> None:
    """Lines are read with the facts of listeners to whom the story applies, or, if none
    of these has the facts of a line, with those of any listener."""
    wrong = set()
    story = STORIES[name]
    those = [facts for facts in everyone if applies(story, facts)]
    for place, line in lines_of(story):
        fit = [facts for facts in those if line.fits(facts, 0)][:4]
        fit = fit or [facts for facts in everyone if line.needs <= facts.keys()][:1]
        if not fit:
            wrong.add(f"{place}: nobody has {sorted(line.needs)}: {line.text}")
        wrong |= {
            f"{place}: {fault} / {line.text}"
            for facts in fit
            for fault in faults_of(place, line, facts)
        }
    assert sorted(wrong) == []


@pytest.mark.parametrize("name", STORIES)
def test_the_length_of_each_text_is_within_bounds(
    name: str, portraits: list[tuple[TasteProfile, Facts]]
) -> None:
    story = STORIES[name]
    assert known_names(story) <= {key for _, facts in portraits for key in facts}
    for profile, facts in portraits:
        text = render(story, facts, fingerprint(profile))
        if text is not None:
            parts = (text.opening, *text.passages, text.closing)
            length = sum(len(said.text) for said in parts)
            assert WHOLE[0] <= length <= WHOLE[1], (length, text.title.text)


def known_names(story: Story) -> set[str]:
    """The names of the facts in the gate of a story."""
    return {name for one in gate_of(story.when) for name in one.names}


def test_passages_have_several_wordings_and_most_titles_a_name(
    portraits: list[tuple[TasteProfile, Facts]],
) -> None:
    units = units_of(facts for _, facts in portraits)
    for name, story in STORIES.items():
        few, many = PLACES
        for passage in story.passages:
            assert few <= len(passage.lines) <= many, name
        for lines in (story.openings, story.closings, story.titles):
            assert len(lines) >= few + 1, name
        named = [
            line for line in story.titles if {units.get(s) for s in line.slots} & NAMES
        ]
        assert 2 * len(named) > len(story.titles), name


def units_of(facts: Iterable[Facts]) -> Mapping[str, str]:
    """The unit of each fact that somebody has."""
    return {name: held.unit for one in facts for name, held in one.items()}
