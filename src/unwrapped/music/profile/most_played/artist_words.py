"""Words in the names of the most played artists.

`artist_words.toml` lists them by kinds.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import polars as pl

from unwrapped.music.profile.most_played.title_words import words_in

KINDS: Mapping[str, list[str]] = tomllib.loads(
    files(__package__).joinpath("artist_words.toml").read_text("utf-8")
)
"""The words to look for, by kind; they match whole words in any case."""

KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtistWord:
    """Of the 100 most played artists, the first one with a word of a kind in the
    name."""

    kind: str
    artist: str
    plays: int


def find_artist_words(ranked: pl.DataFrame) -> list[ArtistWord]:
    """For each kind of word, the first of the `ranked` artists with one in the name, in
    their order."""
    found: dict[str, ArtistWord] = {}
    for artist, plays in ranked.select("artist", "plays").iter_rows():
        for word in words_in(artist):
            if kind := KIND_OF.get(word):
                one = ArtistWord(kind=kind, artist=artist, plays=plays)
                found.setdefault(kind, one)
    return list(found.values())
