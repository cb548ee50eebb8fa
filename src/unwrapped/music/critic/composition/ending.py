"""What a text is called, and the line that it closes with."""

from collections.abc import Iterable, Mapping

from unwrapped.music.critic.composition.lines import Line, Said
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import draw

UNTITLED = "A Taste in Music"
"""Where each title would be too long."""

LONGEST_TITLE = 44
"""Characters of a title: what two lines of a card hold."""

FORETOLD = frozenset({"its_following", "its_short", "its_round"})
"""The figures that may be heard for the first time at the end: the next play of the hero,
and the next round number."""


def name_text(
    own: Iterable[Line],
    shared: Iterable[Line],
    facts: Mapping[str, Evidence],
    seed: str,
) -> Said:
    """A title by the listener's own names and figures: one of the thesis's where one is
    short enough, else a shared one."""
    for lines in (own, shared):
        titles = [line.say(facts) for line in lines if line.fits(facts, 0)]
        short = [title for title in titles if len(title.text) <= LONGEST_TITLE]
        if short:
            return max(short, key=lambda title: draw(title.text, seed))
    return Said(UNTITLED, [])


def close(
    lines: Iterable[Line], facts: Mapping[str, Evidence], said: set[str], seed: str
) -> Said | None:
    """A last line that returns to what was said."""
    known = {
        name for name, fact in facts.items() if fact.text in said or name in FORETOLD
    }
    closings = [
        (line.worth + draw(line.text, seed), line)
        for line in lines
        if line.slots <= known and line.fits(facts, 0)
    ]
    best = max(closings, key=lambda one: one[0], default=None)
    return None if best is None else best[1].say(facts)
