"""How music is spelled in an upload: each spelling stored once, rows hold its code."""

import re
from collections.abc import Iterable

type Spelling = tuple[str | None, str | None, str | None, str | None]
"""URI, artist, title and album, as a row has them."""

_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def safe_text(text: str | None) -> str | None:
    """`text` as it can be stored and printed; None when nothing is left of it.

    NUL and lone surrogates become U+FFFD; a surrogate pair that was written as two
    code units becomes the character it stands for.
    """
    if not text or text.isspace():
        return None
    if not text.isprintable() and _NOT_TEXT.search(text):
        paired = text.encode("utf-16-le", "surrogatepass")
        text = paired.decode("utf-16-le", "replace").replace("\x00", "\ufffd")
    return text


class _Codes(dict[Spelling, int]):
    def __missing__(self, spelling: Spelling) -> int:
        self[spelling] = code = len(self)
        return code


class Spellings:
    """An append-only dictionary from spelling to code (0, 1, 2, …)."""

    def __init__(self) -> None:
        self._codes = _Codes()

    def codes(self, spellings: Iterable[Spelling]) -> list[int]:
        """The code of each spelling, given out at its first sight."""
        return [self._codes[spelling] for spelling in spellings]

    def rows(self) -> list[Spelling]:
        """All spellings, made safe, in the order of their codes."""
        return [
            (safe_text(uri), safe_text(artist), safe_text(title), safe_text(album))
            for uri, artist, title, album in self._codes
        ]
