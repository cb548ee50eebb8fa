"""Text that came from outside, made fit to be printed."""

import re

# Control characters move a terminal's cursor; bidirectional overrides reorder a page.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

LONGEST_NAME = 80


def printable(text: str, longest: int = LONGEST_NAME) -> str:
    """`text` on one line, without control characters, cut to `longest` characters."""
    clean = " ".join(_UNPRINTABLE.sub(" ", text).split())
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"
