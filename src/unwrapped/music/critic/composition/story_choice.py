"""Chooses the story of a verdict (the odd fact that the verdict is about), and renders
its text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from unwrapped.music.critic.composition.already_said import AlreadySaid
from unwrapped.music.critic.composition.composed_text import name_text
from unwrapped.music.critic.composition.fact_types import Facts
from unwrapped.music.critic.composition.line import Line, Said, gate_of
from unwrapped.music.critic.composition.stock import Passage, Story
from unwrapped.music.critic.seeded_draws import draw

VARIETY = 2.0
"""The weight of the listener's own figures in the choice between stories that apply."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A story in the wording for one listener."""

    story: Story
    title: Said
    opening: Said
    passages: list[Said]
    closing: Said


def find_rendering(stories: Mapping[str, Story], facts: Facts, seed: str) -> Rendering:
    """The rendering of the story with the highest worth of those that apply; some story
    applies to everybody."""
    renderings = [
        (story.weight + VARIETY * draw(name, seed), rendering)
        for name, story in stories.items()
        if (rendering := render(story, facts, seed)) is not None
    ]
    return max(renderings, key=lambda one: one[0])[1]


def applies(story: Story, facts: Facts) -> bool:
    """Whether the facts pass the gate of the story."""
    return all(condition.holds(facts) for condition in gate_of(story.when))


def render(story: Story, facts: Facts, seed: str) -> Rendering | None:
    """The text of a story; None if it does not apply or lacks a needed line."""
    if not applies(story, facts):
        return None
    passages = _passages(story, facts, seed)
    if passages is None:
        return None
    known = {one.text for said in passages for one in said.evidence}
    title = name_text(story.titles, facts, seed)
    closing = _closing(story.closings, facts, known, seed)
    if title is None or closing is None:
        return None
    return Rendering(story, title, passages[0], passages[1:], closing)


def _passages(story: Story, facts: Facts, seed: str) -> list[Said] | None:
    """The opening and the passages; None if a needed line or too many passages are
    missing."""
    earlier, said = AlreadySaid(), []
    for place in (Passage(story.openings, needed=True), *story.passages):
        one = _say(place.lines, facts, earlier, seed)
        if one is not None:
            earlier.enter(None, one)
            said.append(one)
        elif place.needed:
            return None
    return said if len(said) > story.fewest else None


def _say(
    lines: Iterable[Line], facts: Facts, earlier: AlreadySaid, seed: str
) -> Said | None:
    """One of the lines that fit and repeat no figure; None if there is none."""
    fresh = [
        line
        for line in lines
        if line.fits(facts, 0) and not line.say(facts).figures & earlier.figures
    ]
    line = _choose(fresh, facts, seed)
    return None if line is None else line.say(facts)


def _choose(lines: Iterable[Line], facts: Facts, seed: str) -> Line | None:
    """One of the lines that fit, drawn by the listener's own figures; None if none
    fits."""
    fitting = [line for line in lines if line.fits(facts, 0)]
    return max(fitting, key=lambda line: draw(line.text, seed), default=None)


def _closing(
    lines: Iterable[Line], facts: Facts, known: set[str], seed: str
) -> Said | None:
    """A last line whose facts were all used before; None if none fits."""
    returning = [
        line
        for line in lines
        if all(facts[slot].text in known for slot in line.slots & facts.keys())
    ]
    line = _choose(returning, facts, seed)
    return None if line is None else line.say(facts)
