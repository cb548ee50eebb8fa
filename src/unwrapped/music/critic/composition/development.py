"""The development: what a text says of its hero after it has opened."""

from collections.abc import Iterator, Mapping

from unwrapped.music.critic.composition.ledger import Ledger
from unwrapped.music.critic.composition.lines import Line, Said
from unwrapped.music.critic.composition.stock import Place, Topic
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import draw

PLACES: tuple[Place, ...] = ("proof", "depth", "turn", "time")
"""In the order of the text."""

VARIETY = 1.2
"""How far the listener's own figures decide between lines of like worth."""

type Topics = Mapping[str, Topic]


def develop(
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
            (line.worth + VARIETY * draw(line.text, seed), topic, said)
            for line, topic in lines_for(place, topics)
            if line.fits(facts, 0)
            and (understood or "hero" in line.slots)
            and ledger.is_fresh(said := line.say(facts))
        ]
        if fresh:
            _, topic, said = max(fresh, key=lambda one: one[0])
            ledger.enter(topic.family, said)
            found[place] = said
            if hero is not None:
                understood = hero.text in said.text or (understood and not said.names)
    return found


def lines_for(place: Place, topics: Topics) -> Iterator[tuple[Line, Topic]]:
    """The lines for a place, each with its topic."""
    for topic in topics.values():
        if topic.place == place:
            yield from ((line, topic) for line in topic.lines)
