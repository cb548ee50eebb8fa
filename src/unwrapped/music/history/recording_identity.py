"""Decides which spellings are the same music.

A *recording* is identified by the service's URI or, without a URI, by its names. A *track*
is an artist key and a title key; tracks are counted and shown. A recording may be spelled
differently over the years: it counts under the spelling of its latest listen.

An identity never changes: otherwise the next import of the same file would store its
rows again. So albums, and ids that services add later, are not part of it.
"""

import polars as pl

from unwrapped.music.history.public_ids import JOINED
from unwrapped.music.sources.name_keys import UNKNOWN_ARTIST, is_nameless, name_key
from unwrapped.music.sources.spellings import Spelling


def spellings_frame(spellings: list[Spelling]) -> pl.DataFrame:
    """One row for each spelling, in the order of its code.

    Columns: `spelling` (code), `artist`, `title`, `album` (as shown), `artist_key`,
    `title_key`, `album_key`, `identity` of the recording (URI, or the keys joined),
    `recording` (numbers in the order of identities), `nameless`.
    """
    rows = []
    for uri, spelled_artist, title, album in spellings:
        artist, artist_key = spelled_artist, name_key(spelled_artist or "")
        if not artist_key:
            artist, artist_key = UNKNOWN_ARTIST, name_key(UNKNOWN_ARTIST)
        title_key = name_key(title or "")
        identity = uri or f"{artist_key}{JOINED}{title_key}"
        album_key = None if album is None else name_key(album)
        nameless = is_nameless(artist_key, title_key)
        keys = (artist_key, title_key, album_key)
        rows.append((artist, title or "", album, *keys, identity, nameless))
    columns = zip(*rows, strict=True) if rows else [()] * len(_SCHEMA)
    frame = pl.DataFrame(dict(zip(_SCHEMA, columns, strict=True)), schema=_SCHEMA)
    return frame.with_row_index("spelling").with_columns(
        pl.col("identity").rank("dense").cast(pl.UInt32).alias("recording")
    )


def by_names() -> pl.Expr:
    """Whether a recording is identified by its names: its `identity` is its keys."""
    return pl.col("identity") == pl.concat_str(
        "artist_key", "title_key", separator=JOINED
    )


_SCHEMA = pl.Schema(
    {
        "artist": pl.String(),
        "title": pl.String(),
        "album": pl.String(),
        "artist_key": pl.String(),
        "title_key": pl.String(),
        "album_key": pl.String(),
        "identity": pl.String(),
        "nameless": pl.Boolean(),
    }
)
