"""When two spellings are the same music.

A *recording* is what the service's URI names, else the names themselves. A *track* is
artist key and title key; it is what is counted and shown. One recording may have been
spelled differently over the years: it counts under the spelling of its latest listen.
"""

import re
from functools import lru_cache
from unicodedata import normalize

import polars as pl

from unwrapped.music.sources.spellings import Spelling

UNKNOWN_ARTIST = "Unknown Artist"

# Unicode's property Default_Ignorable_Code_Point: characters without a shape.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


@lru_cache(maxsize=65_536)
def name_key(name: str) -> str:
    """What makes two names the same: NFKC, casefold, NFKC, white space collapsed.

    Characters without a shape are dropped. `""` when nothing is left.
    """
    if name.isascii():
        return " ".join(name.lower().split())
    folded = normalize("NFKC", normalize("NFKC", name).casefold())
    return " ".join(_IGNORABLE.sub("", folded).split())


def is_nameless(artist_key: str, title_key: str) -> bool:
    """Whether a listen does not say which track it was to."""
    unknown = title_key == "unknown track" and artist_key == name_key(UNKNOWN_ARTIST)
    return title_key == "" or unknown


def spellings_frame(spellings: list[Spelling]) -> pl.DataFrame:
    """One row per spelling, in the order of its code.

    Columns: `spelling` (code), `artist`, `title`, `album` (as shown), `artist_key`,
    `title_key`, `recording` (URI, or the keys joined), `nameless`.
    """
    rows = []
    for uri, spelled_artist, title, album in spellings:
        artist, artist_key = spelled_artist, name_key(spelled_artist or "")
        if not artist_key:
            artist, artist_key = UNKNOWN_ARTIST, name_key(UNKNOWN_ARTIST)
        title_key = name_key(title or "")
        recording = uri or f"{artist_key}\x1f{title_key}"
        nameless = is_nameless(artist_key, title_key)
        rows.append(
            (artist, title or "", album, artist_key, title_key, recording, nameless)
        )
    columns = zip(*rows, strict=True) if rows else [()] * len(_SCHEMA)
    frame = pl.DataFrame(dict(zip(_SCHEMA, columns, strict=True)), schema=_SCHEMA)
    return frame.with_row_index("spelling")


_SCHEMA = pl.Schema(
    {
        "artist": pl.String(),
        "title": pl.String(),
        "album": pl.String(),
        "artist_key": pl.String(),
        "title_key": pl.String(),
        "recording": pl.String(),
        "nameless": pl.Boolean(),
    }
)
