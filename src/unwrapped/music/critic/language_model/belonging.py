"""Checks that each figure is said of the name that it belongs to.

A figure must share a group of the brief with all names between it and the previous figure or
the beginning of the sentence. If there are no such names, it must share a group with the names
of the previous figure, with those after it, or with the last ones of the previous sentence.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from unwrapped.music.critic.evidence import NAMES, Evidence
from unwrapped.music.critic.fact_check import HELD
from unwrapped.music.critic.language_model.brief import Brief

_BREAKS = re.compile(r"(?<=[.?!])\s+")


@dataclass(frozen=True, slots=True)
class _Said:
    """A fact and its place in a text."""

    place: int
    text: str
    is_name: bool


def misplaced(text: str, cited: list[Evidence], brief: Brief) -> str | None:
    """The first figure that belongs to none of the names that it is said of; None if
    there is none."""
    groups = [
        {brief.facts[number].text for number in group.facts} for group in brief.groups
    ]
    names = {one.text for one in brief.facts.values() if one.unit in NAMES}
    nameless = {one for texts in groups if not texts & names for one in texts}
    before: set[str] = set()
    for said in _sentences(text, cited):
        for figure, of in _attributed(said, before):
            if figure in nameless:
                continue
            if not any(figure in group and of and of <= group for group in groups):
                return figure
        before = {one.text for one in said if one.is_name} or before
    return None


def _attributed(said: list[_Said], before: set[str]) -> Iterator[tuple[str, set[str]]]:
    """The figures of a sentence, each with the names that it is said of."""
    since: set[str] = set()
    of: set[str] = set()
    for number, one in enumerate(said):
        if one.is_name:
            since.add(one.text)
            continue
        of = since or of
        yield one.text, of or _next_names(said[number:]) or before
        since = set()


def _next_names(said: list[_Said]) -> set[str]:
    """The names after a figure, up to the first figure after them."""
    found: set[str] = set()
    for one in said:
        if one.is_name:
            found.add(one.text)
        elif found:
            break
    return found


def _sentences(text: str, cited: list[Evidence]) -> Iterator[list[_Said]]:
    """The facts of each sentence in their order; if several begin at one place, the
    longest."""
    names = {one.text: one.unit in NAMES for one in cited}
    longest_first = sorted(names, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(one) for one in longest_first) or r"(?!)")
    said = [
        _Said(found.start(), found[0], names[found[0]])
        for found in pattern.finditer(text)
    ]
    # A full stop inside a name does not end a sentence.
    hidden = pattern.sub(lambda found: HELD * len(found[0]), text)
    ends = [found.end() for found in _BREAKS.finditer(hidden)]
    for first, last in pairwise([0, *ends, len(text) + 1]):
        yield [one for one in said if first <= one.place < last]
