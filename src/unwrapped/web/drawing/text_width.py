"""Estimates the width of texts in drawings, where text is not wrapped."""

import unicodedata

from unwrapped.core.printable import printable

_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})
_WIDE_LETTERS = frozenset("mwMW@%&")


def fitted(text: str, ems: float) -> str:
    """`text` made printable, and cut to a width of about `ems`."""
    clean = printable(text)
    if width(clean) <= ems:
        return clean
    room, kept = ems - width("…"), 0
    for char in clean:
        room -= width(char)
        if room < 0:
            break
        kept += 1
    return clean[:kept].rstrip() + "…"


def in_two_lines(text: str, ems: float) -> list[str]:
    """`text` made printable, in one line or in two that are each cut to about `ems`."""
    clean = printable(text)
    if width(clean) <= ems:
        return [clean]
    words, first = clean.split(), ""
    while words and width(longer := f"{first} {words[0]}".strip()) <= ems:
        first, words = longer, words[1:]
    if not first or not words:
        return [fitted(clean, ems)]
    return [first, fitted(" ".join(words), ems)]


def width(text: str) -> float:
    """The width in ems for a sans serif font: an estimate that is rather too large."""
    return sum(map(_width, text))


def _width(char: str) -> float:
    if unicodedata.category(char) in _NO_WIDTH:
        return 0
    if unicodedata.east_asian_width(char) in "WF" or char == "…":
        return 1
    if char in _WIDE_LETTERS:
        return 0.9
    return 0.7 if char.isupper() else 0.56
