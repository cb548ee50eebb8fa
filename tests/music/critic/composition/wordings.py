"""Finds the lines of the stock that a verdict consists of."""

import itertools
import re
from functools import cache

from unwrapped.music.critic.composition.stock import read_stock
from unwrapped.music.critic.verdict import Verdict


def wordings(verdict: Verdict) -> set[str]:
    """The lines of the stock that a verdict uses, in their authored form."""
    texts = [verdict.line, *(beat.text for beat in verdict.beats)]
    return {
        line
        for line, (literal, said) in _patterns().items()
        for text in texts
        if literal in text and said.search(text)
    }


def _pattern(line: str) -> tuple[str, re.Pattern[str]]:
    """The longest part without a slot, and a pattern of the whole line with anything in
    its slots."""
    parts = re.split(r"\{\w+\}", line)
    return max(parts, key=len), re.compile(".+?".join(map(re.escape, parts)))


@cache
def _patterns() -> dict[str, tuple[str, re.Pattern[str]]]:
    """The patterns of all lines, compiled once: there are thousands."""
    stock = read_stock()
    return {
        line: _pattern(line)
        for line in itertools.chain(
            (line.text for one in stock.beats.values() for line in one.lines),
            (
                line.text
                for one in stock.stories.values()
                for line in itertools.chain(
                    one.openings,
                    one.closings,
                    *(place.lines for place in one.passages),
                )
            ),
        )
    }
