"""The composed text, and how its beats and its title are made."""

from collections.abc import Iterable
from dataclasses import dataclass

from unwrapped.music.critic.composition.fact_types import Facts
from unwrapped.music.critic.composition.finding_choice import Choice
from unwrapped.music.critic.composition.line import Line, Said
from unwrapped.music.critic.seeded_draws import draw
from unwrapped.music.critic.verdict import Beat

LONGEST_TITLE = 44
"""The most characters of a title: they fit two lines of a card."""


@dataclass(frozen=True, slots=True)
class ComposedText:
    """A composed text."""

    title: Said
    thesis: Beat
    beats: list[Beat]
    """The beats after the thesis; the last one is the closing."""

    findings: list[Choice]
    """The findings that accompany the text."""


def beat_of(role: str, said: Said) -> Beat:
    """A beat with a text and its evidence, each fact once."""
    evidence = {fact.text: fact for fact in reversed(said.evidence)}
    return Beat(
        role=role,
        text=said.text,
        evidence=list(reversed(evidence.values())),
        rule=None,
    )


def name_text(lines: Iterable[Line], facts: Facts, seed: str) -> Said | None:
    """A title that is short enough, drawn by the listener's own figures; None if there
    is none."""
    titles = [line.say(facts) for line in lines if line.fits(facts, 0)]
    short = [title for title in titles if len(title.text) <= LONGEST_TITLE]
    return max(short, key=lambda title: draw(title.text, seed), default=None)
