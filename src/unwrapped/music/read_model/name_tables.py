"""Tables of the names in a history: artists, albums and tracks, in alphabetical order."""

import unicodedata

import polars as pl

from unwrapped.music.history.public_ids import public_id
from unwrapped.music.sources.name_keys import name_key

# Letters with a stroke and ligatures have no decomposition.
_PLAIN = str.maketrans({
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "\u0131": "i",
    "æ": "ae", "œ": "oe", "þ": "th",
})  # fmt: skip

ARTISTS = pl.Schema({"name": pl.String, "id": pl.String, "folded": pl.String})
ALBUMS = pl.Schema(
    {"artist": pl.UInt32, "name": pl.String, "id": pl.String, "folded": pl.String}
)
TRACKS = pl.Schema(
    {"artist": pl.UInt32, "title": pl.String, "id": pl.String, "folded": pl.String}
)


def fold(text: str) -> str:
    """The searchable form of a text: without case, accents and invisible characters."""
    key = name_key(text)
    if key.isascii():
        return key
    parts = unicodedata.normalize("NFKD", key)
    plain = "".join(part for part in parts if not unicodedata.combining(part))
    return plain.translate(_PLAIN)


def artists_of(names: list[str]) -> pl.DataFrame:
    """The table of artists (`ARTISTS`) with these names."""
    ids = [public_id(name_key(name)) for name in names]
    columns = {"name": names, "id": ids, "folded": map(fold, names)}
    return pl.DataFrame({key: list(values) for key, values in columns.items()}, ARTISTS)


def albums_of(artists: list[str], codes: pl.Series, names: list[str]) -> pl.DataFrame:
    """The table of albums (`ALBUMS`) of the artists with these names and codes."""
    return _works("name", ALBUMS, artists, codes, names)


def tracks_of(artists: list[str], codes: pl.Series, titles: list[str]) -> pl.DataFrame:
    """The table of tracks (`TRACKS`) of the artists with these names and codes."""
    return _works("title", TRACKS, artists, codes, titles)


def _works(
    column: str,
    schema: pl.Schema,
    artists: list[str],
    codes: pl.Series,
    names: list[str],
) -> pl.DataFrame:
    ids = [
        public_id(name_key(artist), name_key(name))
        for artist, name in zip(artists, names, strict=True)
    ]
    folded = [fold(name) for name in names]
    return pl.DataFrame(
        {"artist": codes, column: names, "id": ids, "folded": folded}, schema
    )
