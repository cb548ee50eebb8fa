"""Words between beats: a connective before the exception, an aside about the hero."""

from collections.abc import Iterable, Mapping

from unwrapped.music.critic.composition.lines import Line, Said
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import draw

LONG = 150
"""A beat of so many characters takes no aside."""

LOWERED = frozenset(
    [
        "A",
        "After",
        "All",
        "An",
        "As",
        "At",
        "Before",
        "Between",
        "By",
        "For",
        "From",
        "Here",
        "In",
        "It",
        "Nothing",
        "Of",
        "On",
        "Only",
        "Out",
        "Over",
        "Some",
        "The",
        "Then",
        "There",
        "Under",
        "When",
        "With",
        "You",
        "Your",
    ]
)
"""Words that begin a sentence with a capital and stand within one without."""


def join(connective: str, said: Said) -> Said:
    """The text after a connective; as it is, where its first word is a word that may
    keep its capital."""
    first = said.text.split(maxsplit=1)[0]
    if any(said.text.startswith(fact.text) for fact in said.evidence):
        return Said(f"{connective} {said.text}", said.evidence)
    if first not in LOWERED:
        return said
    return Said(f"{connective} {said.text[0].lower()}{said.text[1:]}", said.evidence)


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
