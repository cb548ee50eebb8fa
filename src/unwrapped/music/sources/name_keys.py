"""The key of a name (names with one key are the same), and whether names identify a track at
all.
"""

import re
from functools import lru_cache
from unicodedata import normalize

UNKNOWN_ARTIST = "Unknown Artist"

# Unicode's property Default_Ignorable_Code_Point: invisible characters.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """The key of a name: NFKC, casefold, NFKC, white space collapsed.

    Invisible characters are dropped. The key is `""` when nothing is left.
    """
    if name.isascii():
        return " ".join(name.lower().split())
    folded = normalize("NFKC", normalize("NFKC", name).casefold())
    return " ".join(_IGNORABLE.sub("", folded).split())


def is_nameless(artist_key: str, title_key: str) -> bool:
    """Whether the names of a listen do not identify its track."""
    unknown = title_key == "unknown track" and artist_key == name_key(UNKNOWN_ARTIST)
    return title_key == "" or unknown
