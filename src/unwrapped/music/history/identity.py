"""When two spellings are the same music.

A *recording* is what the service's URI names, else the names themselves. A *track* is
artist key and title key; it is what is counted and shown. One recording may have been
spelled differently over the years: it counts under the spelling of its latest listen.
"""

import base64
import hashlib

import polars as pl

from unwrapped.music.sources.name_keys import UNKNOWN_ARTIST, is_nameless, name_key
from unwrapped.music.sources.spellings import Spelling

_ID_BYTES = 16


def public_id(*keys: str) -> str:
    """What an artist, an album or a track is called in addresses: a digest of its keys.

    Numbers of the database would not do: they are given to others again.
    """
    digest = hashlib.sha256("\x1f".join(keys).encode()).digest()[:_ID_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


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
