"""Which lines of the stock a verdict is made of."""

import itertools
import re

from unwrapped.music.critic.composition.lines import Line
from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.verdict import Verdict

STOCK = read_stock()


def wordings(verdict: Verdict) -> set[str]:
    """The lines of the stock that a verdict uses, as they are written."""
    texts = [verdict.line, *(beat.text for beat in verdict.beats)]
    return {
        line for line, said in PATTERNS.items() for text in texts if said.search(text)
    }


def _pattern(line: Line) -> re.Pattern[str]:
    parts = re.split(r"\{\w+\}", line.text)
    return re.compile(".+?".join(map(re.escape, parts)))


PATTERNS = {
    line.text: _pattern(line)
    for line in itertools.chain(
        itertools.chain.from_iterable(one.lines for one in STOCK.beats.values()),
        itertools.chain.from_iterable(
            itertools.chain(one.closings, *one.openings.values(), *one.script.values())
            for one in STOCK.theses.values()
        ),
        STOCK.shared.asides,
        STOCK.shared.closings,
    )
}
