"""The spellings in an upload: each is kept once, and rows hold its code."""

import re
from collections.abc import Iterable

from unwrapped.music.sources.limits import NAMES_CHARACTERS, TooManyNames
from unwrapped.music.sources.name_keys import UNKNOWN_ARTIST, is_nameless, name_key

type Spelling = tuple[str | None, str | None, str | None, str | None]
"""URI, artist, title and album of a row."""

LONGEST_NAME = 1_000
"""Characters of an artist, a title, an album or a URI."""

_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


def safe_text(text: str | None) -> str | None:
    """`text` made safe to store and print; None when nothing is left.

    NUL and lone surrogates become U+FFFD; a surrogate pair that was written as two
    code units becomes the character that it encodes.
    """
    if not text or text.isspace():
        return None
    if not text.isprintable() and _NOT_TEXT.search(text):
        paired = text.encode("utf-16-le", "surrogatepass")
        text = paired.decode("utf-16-le", "replace").replace("\x00", "\ufffd")
    return text


def shorten(text: str | None, longest: int = LONGEST_NAME) -> str | None:
    """`text`, cut and marked by `…` where it has more than `longest` characters."""
    if text is None or len(text) <= longest or len(text := text.strip()) <= longest:
        return text
    return text[: longest - 1] + "…"


class _Codes(dict[Spelling, int]):
    def __init__(self, most_characters: int) -> None:
        super().__init__()
        self.shortened: set[int] = set()
        self.in_order: list[Spelling] = []
        self._most = self._left = most_characters

    def __missing__(self, spelling: Spelling) -> int:
        lengths = [len(name or "") for name in spelling]
        if max(lengths) > LONGEST_NAME:
            # The whole spelling is not kept: it may have megabytes.
            code = self[_shortened(spelling)]
            self.shortened.add(code)
            return code
        # Python stores a name with one emoji in four bytes per character.
        self._left -= sum(
            length if name is None or name.isascii() else 2 * length
            for name, length in zip(spelling, lengths, strict=True)
        )
        if self._left < 0:
            raise TooManyNames(
                f"The distinct names in the upload have more than {self._most:,} characters."
                " Nothing was kept. Give fewer files at once."
            )
        self[spelling] = code = len(self)
        self.in_order.append(spelling)
        return code


class Spellings:
    """An append-only dictionary from spelling to code (0, 1, 2, …).

    Names of more than `LONGEST_NAME` characters are cut. A longer URI is dropped.
    Raises `TooManyNames` when names and URIs of all spellings have more than
    `most_characters`, those beyond ASCII counted twice.
    """

    def __init__(self, most_characters: int = NAMES_CHARACTERS) -> None:
        self._codes = _Codes(most_characters)

    @property
    def shortened(self) -> set[int]:
        """The codes of spellings that were cut."""
        return self._codes.shortened

    def codes(self, spellings: Iterable[Spelling]) -> list[int]:
        """The code of each spelling, assigned when it first occurs."""
        return [self._codes[spelling] for spelling in spellings]

    def names_track(self, code: int) -> bool:
        """Whether a spelling names a track."""
        _, artist, title, _ = self._codes.in_order[code]
        artist_key = name_key(safe_text(artist) or "") or name_key(UNKNOWN_ARTIST)
        return not is_nameless(artist_key, name_key(safe_text(title) or ""))

    def rows(self) -> list[Spelling]:
        """All spellings, made safe, in the order of their codes."""
        return [
            (safe_text(uri), safe_text(artist), safe_text(title), safe_text(album))
            for uri, artist, title, album in self._codes.in_order
        ]


def _shortened(spelling: Spelling) -> Spelling:
    uri, artist, title, album = spelling
    short_uri = uri if uri is None or len(uri) <= LONGEST_NAME else None
    return short_uri, shorten(artist), shorten(title), shorten(album)
