"""Situations: which picture a listener's figures force, and its text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from unwrapped.music.critic.composition.facts import Facts
from unwrapped.music.critic.composition.ledger import Ledger
from unwrapped.music.critic.composition.lines import Line, Said, gate_of
from unwrapped.music.critic.composition.stock import Passage, Situation
from unwrapped.music.critic.composition.text import name_text
from unwrapped.music.critic.judging import Judgement, draw

MOST = 4.0
"""Beyond this surprise nothing is worth more."""

VARIETY = 2.0
"""How far the listener's own figures decide between situations that apply."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """A situation in the words for one listener."""

    situation: Situation
    carrier: Judgement | None
    """The most surprising of the findings that it rests on."""

    title: Said
    opening: Said
    passages: list[Said]
    closing: Said


def find_rendering(
    situations: Mapping[str, Situation],
    facts: Facts,
    judgements: Iterable[Judgement],
    seed: str,
) -> Rendering:
    """The situation that is worth most of those that apply; one applies to everybody."""
    firing = {one.rule.name: one for one in judgements if one.fires}
    renderings = [
        (_worth(name, rendering, seed), rendering)
        for name, situation in situations.items()
        if (rendering := render(situation, facts, firing, seed)) is not None
    ]
    return max(renderings, key=lambda one: one[0])[1]


def applies(situation: Situation, facts: Facts) -> bool:
    """Whether the figures force the situation."""
    return all(condition.holds(facts) for condition in gate_of(situation.when))


def render(
    situation: Situation, facts: Facts, firing: Mapping[str, Judgement], seed: str
) -> Rendering | None:
    """The text of a situation; None where it does not apply, or lacks a needed line."""
    if not applies(situation, facts):
        return None
    passages = _passages(situation, facts, seed)
    if passages is None:
        return None
    known = {one.text for said in passages for one in said.evidence}
    title = name_text(situation.titles, facts, seed)
    closing = _closing(situation.closings, facts, known, seed)
    if title is None or closing is None:
        return None
    carriers = (firing[rule] for rule in situation.rests_on if rule in firing)
    carrier = max(carriers, key=lambda one: one.surprise, default=None)
    return Rendering(situation, carrier, title, passages[0], passages[1:], closing)


def _passages(situation: Situation, facts: Facts, seed: str) -> list[Said] | None:
    """The opening and the passages; None where a needed line is missing, or too many."""
    ledger, said = Ledger(), []
    for place in (Passage(situation.openings, needed=True), *situation.passages):
        one = _say(place.lines, facts, ledger, seed)
        if one is not None:
            ledger.enter(None, one)
            said.append(one)
        elif place.needed:
            return None
    return said if len(said) > situation.fewest else None


def _say(lines: Iterable[Line], facts: Facts, ledger: Ledger, seed: str) -> Said | None:
    """One of the lines that fit and repeat no figure."""
    fresh = [
        line
        for line in lines
        if line.fits(facts, 0) and not line.say(facts).figures & ledger.figures
    ]
    line = _choose(fresh, facts, seed)
    return None if line is None else line.say(facts)


def _choose(lines: Iterable[Line], facts: Facts, seed: str) -> Line | None:
    """One of the lines that fit, by the listener's own figures; None where none does."""
    fitting = [line for line in lines if line.fits(facts, 0)]
    return max(fitting, key=lambda line: draw(line.text, seed), default=None)


def _closing(
    lines: Iterable[Line], facts: Facts, known: set[str], seed: str
) -> Said | None:
    """A last line that returns to what was said."""
    returning = [
        line
        for line in lines
        if all(facts[slot].text in known for slot in line.slots & facts.keys())
    ]
    line = _choose(returning, facts, seed)
    return None if line is None else line.say(facts)


def _worth(name: str, rendering: Rendering, seed: str) -> float:
    surprise = min(rendering.carrier.surprise, MOST) if rendering.carrier else 0.0
    return surprise + rendering.situation.weight + VARIETY * draw(name, seed)
