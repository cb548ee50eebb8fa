"""Words in the titles of the most played tracks.

`title_words.toml` lists them, each with the forms that count as it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import polars as pl
import regex

VOCABULARY: Mapping[str, list[str]] = tomllib.loads(
    files(__package__).joinpath("title_words.toml").read_text("utf-8")
)
"""The words to look for and their forms, as whole words in any case."""

WORD_OF = {form: word for word, forms in VOCABULARY.items() for form in (word, *forms)}

NO_TITLE = (
    r"(?i)\s-\s.*$"
    r"|[(\[]with\b[^)\]]*[)\]]"
    r"|[(\[]?\b(feat|ft|featuring)\b.*$"
)
"""Parts of a title that are not read: versions (`Rain - Radio Edit`) and guests."""

DENIED = r"(?i)\b(no|not|never|nothing|nobody|none|without|ain|\w+['’]t|cannot)\b"
"""A title with such a word may mean the opposite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TitleWord:
    """A word of `VOCABULARY` in the titles of the 100 most played tracks.

    Titles with a negation (`Don't Forget`) are not read.
    """

    word: str
    tracks: int
    """The number of tracks with the word in the title."""

    artist: str
    title: str
    plays: int
    """The most played of these tracks."""


_NO_TITLE, _DENIED, _WORD = map(regex.compile, (NO_TITLE, DENIED, r"\p{L}+"))


def words_in(name: str) -> list[str]:
    """The words of a name, in lower case."""
    return _WORD.findall(name.lower())


def words_of(title: str) -> list[str]:
    """The words of a title without guests and versions, in lower case; none if it has a
    negation."""
    return [] if _DENIED.search(title) else words_in(_NO_TITLE.sub("", title))


def find_words(ranked: pl.DataFrame) -> list[TitleWord]:
    """The words in the titles of `ranked` tracks, in the order of the named tracks."""
    found: dict[str, list[dict[str, Any]]] = {}
    for track in ranked.iter_rows(named=True):
        forms = WORD_OF.keys() & words_of(track["title"])
        for word in sorted({WORD_OF[form] for form in forms}):
            found.setdefault(word, []).append(track)
    return [
        TitleWord(
            word=word,
            tracks=len(tracks),
            artist=tracks[0]["artist"],
            title=tracks[0]["title"],
            plays=tracks[0]["plays"],
        )
        for word, tracks in found.items()
    ]
