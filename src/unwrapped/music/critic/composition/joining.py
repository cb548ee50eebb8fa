"""Words between beats: what leads from one to the next, and an aside about the hero."""

import re
from collections.abc import Iterable, Mapping

from unwrapped.music.critic.composition.lines import Line, Said
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import draw

TURNED, OFTEN = frozenset({"absurd", "fact", "exception", "clock"}), 0.5
"""Roles that are always led to; the others are as often as not."""

LONG = 150
"""A beat of so many characters takes no aside."""


def with_turns(
    beats: Iterable[tuple[str, Said]], turns: Mapping[str, list[str]], seed: str
) -> list[Said]:
    """The texts of beats, each by its role, after the words that lead to it."""
    left = {
        role: sorted(words, key=lambda word: draw(word, seed))
        for role, words in turns.items()
    }
    return [
        _turn(left[role].pop(), said)
        if left.get(role) and (role in TURNED or draw("turn", role, said.text) < OFTEN)
        else said
        for role, said in beats
    ]


def _turn(words: str, said: Said) -> Said:
    """`Case history: …`, or with a full stop where the text has its own colon."""
    first = re.split(r"[.?!] ", said.text, maxsplit=1)[0]
    mark = "." if ":" in first else ":"
    return Said(f"{words}{mark} {said.text}", said.evidence)


def with_aside(
    texts: list[Said], asides: Iterable[Line], facts: Mapping[str, Evidence], seed: str
) -> list[Said]:
    """The texts, one of the later ones with an aside about the hero, who is not in it."""
    hero = facts.get("hero")
    places = [
        place
        for place, said in enumerate(texts)
        if place > 0 and len(said.text) < LONG and hero and hero.text not in said.text
    ]
    fitting = [line for line in asides if line.fits(facts, 0)]
    if not places or not fitting:
        return texts
    place = max(places, key=lambda place: draw("aside", str(place), seed))
    aside = max(fitting, key=lambda line: draw(line.text, seed)).say(facts)
    said = texts[place]
    joined = Said(f"{said.text} {aside.text}", [*said.evidence, *aside.evidence])
    return [*texts[:place], joined, *texts[place + 1 :]]
