"""How much room a name takes where nothing wraps it: in a drawing."""

import unicodedata

from unwrapped.core.text import printable

_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})
_WIDE_LETTERS = frozenset("mwMW@%&")


def fitted(text: str, ems: float) -> str:
    """`text` as it may be printed, cut to about `ems` times the size of its letters.

    The widths are estimates for a sans serif font, rather too wide than too narrow.
    """
    clean = printable(text)
    if sum(map(_width, clean)) <= ems:
        return clean
    room, kept = ems - _width("…"), 0
    for char in clean:
        room -= _width(char)
        if room < 0:
            break
        kept += 1
    return clean[:kept].rstrip() + "…"


def _width(char: str) -> float:
    """Width of a character in ems."""
    if unicodedata.category(char) in _NO_WIDTH:
        return 0
    if unicodedata.east_asian_width(char) in "WF" or char == "…":
        return 1.0
    if char in _WIDE_LETTERS:
        return 0.9
    return 0.7 if char.isupper() else 0.56
