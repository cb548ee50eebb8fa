"""Words between beats: what leads from one to the next, and an aside about the hero."""

import re
from collections.abc import Iterable, Mapping

from unwrapped.music.critic.composition.lines import Line, Said
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import draw

OFTEN = 0.75
"""How many texts have an aside."""

LONG = 150
"""A beat of so many characters takes no aside."""


class Turns:
    """Words that lead to beats, each of them once in a text."""

    def __init__(self, turns: Mapping[str, list[str]], seed: str) -> None:
        self._left = {
            role: sorted(words, key=lambda word: draw(word, seed))
            for role, words in turns.items()
        }

    def lead_to(self, role: str, said: Said) -> Said:
        """The text after such words: `Case history: …`, or with a full stop where its
        first sentence has a colon of its own."""
        words = self._left[role].pop()
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
    if not places or not fitting or draw("aside", seed) > OFTEN:
        return texts
    place = max(places, key=lambda place: draw("aside", str(place), seed))
    aside = max(fitting, key=lambda line: draw(line.text, seed)).say(facts)
    said = texts[place]
    joined = Said(f"{said.text} {aside.text}", [*said.evidence, *aside.evidence])
    return [*texts[:place], joined, *texts[place + 1 :]]
