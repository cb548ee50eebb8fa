"""Untrusted text, made safe to print."""

import re

# Control characters move a terminal's cursor; bidi overrides reorder a page.
_CONTROLS = "\x7f-\x9f\u202a-\u202e\u2066-\u2069"
# Bidi marks reorder their neighbours; they occur within words.
_MARKS = "\u061c\u200e\u200f"
_CONTROL = re.compile(f"[\x00-\x1f{_CONTROLS}]")
_MARK = re.compile(f"[{_MARKS}]")
_UNESCAPED = re.compile(f"[{_CONTROLS}{_MARKS}]")

LONGEST_NAME = 80
LONGEST_MESSAGE = 1000
_END_OF_MESSAGE = 300


def printable(text: str, longest: int = LONGEST_NAME) -> str:
    """`text` on one line, without control characters, cut to `longest` characters."""
    clean = _on_one_line(text)
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "…"


def readable(message: str) -> str:
    """`message` on one line, without control characters, at most `LONGEST_MESSAGE` long.

    It is cut in the middle: the end says what to do, and only names in it can be long.
    """
    clean = _on_one_line(message)
    if len(clean) <= LONGEST_MESSAGE:
        return clean
    begin = clean[: LONGEST_MESSAGE - _END_OF_MESSAGE - 1].rstrip()
    return f"{begin}…{clean[-_END_OF_MESSAGE:]}"


def printable_json(document: str) -> str:
    """The same document with escapes for characters that JSON allows and terminals
    obey.
    """
    return _UNESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", document)


def _on_one_line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", _MARK.sub("", text)).split())
