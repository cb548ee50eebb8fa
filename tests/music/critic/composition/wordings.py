"""Which lines of the stock a verdict is made of."""

import itertools
import re

from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.verdict import Verdict

STOCK = read_stock()


def wordings(verdict: Verdict) -> set[str]:
    """The lines of the stock that a verdict uses, as they are written."""
    texts = [verdict.line, *(beat.text for beat in verdict.beats)]
    return {
        line
        for line, (literal, said) in PATTERNS.items()
        for text in texts
        if literal in text and said.search(text)
    }


def _pattern(line: str) -> tuple[str, re.Pattern[str]]:
    """The longest part without a slot, and the whole with anything in its slots."""
    parts = re.split(r"\{\w+\}", line)
    return max(parts, key=len), re.compile(".+?".join(map(re.escape, parts)))


PATTERNS = {
    line: _pattern(line)
    for line in itertools.chain(
        (line.text for one in STOCK.beats.values() for line in one.lines),
        (
            line.text
            for one in STOCK.theses.values()
            for line in itertools.chain(one.closings, *one.openings.values())
        ),
        (
            line.text
            for topics in STOCK.dossiers.values()
            for topic in topics.values()
            for line in topic.lines
        ),
        (
            line.text
            for one in STOCK.situations.values()
            for line in itertools.chain(
                one.openings, one.closings, *(place.lines for place in one.passages)
            )
        ),
        (line.text for line in STOCK.shared.closings),
        STOCK.shared.links,
    )
}
