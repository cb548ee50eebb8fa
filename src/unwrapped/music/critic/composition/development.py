"""The development: what a text says of its hero after it has opened."""

from collections.abc import Iterator, Mapping

from unwrapped.music.critic.composition.ledger import Ledger
from unwrapped.music.critic.composition.lines import Line, Said
from unwrapped.music.critic.composition.stock import Place, Thesis, Topic
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import draw

PLACES: tuple[Place, ...] = ("proof", "depth", "turn", "time")
"""In the order of the text."""

OWN = 0.5
"""Added to the worth of a line of the thesis itself."""

VARIETY = 1.2
"""How far the listener's own figures decide between lines of like worth."""

type Topics = Mapping[str, Topic]


def develop(
    thesis: Thesis,
    opening: Said,
    topics: Topics,
    facts: Mapping[str, Evidence],
    ledger: Ledger,
    seed: str,
) -> dict[Place, Said]:
    """A line for each of `PLACES` that says nothing twice; a place that has none is left
    out. What is chosen is entered.

    A line that does not name the hero follows one that does, with no other name between.
    """
    found: dict[Place, Said] = {}
    hero = facts.get("hero")
    understood = hero is not None and hero.text in opening.text
    for place in PLACES:
        fresh = [
            (_worth(line, topic, seed), topic, said)
            for line, topic in lines_for(place, thesis, topics)
            if line.fits(facts, 0)
            and (understood or topic is None or "hero" in line.slots)
            and ledger.is_fresh(said := line.say(facts))
        ]
        if fresh:
            _, topic, said = max(fresh, key=lambda one: one[0])
            ledger.enter(topic.family if topic else None, said)
            found[place] = said
            if hero is not None:
                understood = hero.text in said.text or (understood and not said.names)
    return found


def _worth(line: Line, topic: Topic | None, seed: str) -> float:
    return line.worth + OWN * (topic is None) + VARIETY * draw(line.text, seed)


def lines_for(
    place: Place, thesis: Thesis, topics: Topics
) -> Iterator[tuple[Line, Topic | None]]:
    """The lines for a place, each with its topic; None for those of the thesis itself."""
    yield from ((line, None) for line in thesis.script.get(place, ()))
    for topic in topics.values():
        if topic.place == place:
            yield from ((line, topic) for line in topic.lines)
