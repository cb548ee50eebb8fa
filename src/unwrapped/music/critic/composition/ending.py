"""What holds a text together: its title, asides about its hero, a closing line."""

from collections.abc import Iterable, Mapping

from unwrapped.music.critic.composition.lines import Line, Said
from unwrapped.music.critic.evidence import Evidence
from unwrapped.music.critic.judging import draw

UNTITLED = "A Taste in Music"
"""Where each title would be too long."""

OWN = 0.25
"""Added to the draw of a closing that is the thesis's own."""

LONGEST_TITLE = 44
"""Characters of a title: what two lines of a card hold."""


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
    own: Iterable[Line],
    shared: Iterable[Line],
    facts: Mapping[str, Evidence],
    said: set[str],
    seed: str,
) -> Said | None:
    """A last line that returns to what was said: nothing in it is heard for the first
    time."""
    lines = [(line, OWN) for line in own] + [(line, 0.0) for line in shared]
    closings = [
        (draw(line.text, seed) + bonus, line.say(facts))
        for line, bonus in lines
        if line.fits(facts, 0)
    ]
    known = [one for one in closings if {fact.text for fact in one[1].evidence} <= said]
    return max(known, key=lambda one: one[0])[1] if known else None
