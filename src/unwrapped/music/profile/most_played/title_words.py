"""Words in the titles of the most played tracks.

`title_words.toml` lists them, each with the forms that count as it.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

import polars as pl

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


def read_words(ranked: pl.DataFrame) -> pl.DataFrame:
    """A row for each `word` in the titles of `ranked` tracks, with their `rank`."""
    title = pl.col("title").cast(pl.String)
    return (
        ranked.with_row_index("rank")
        .filter(~title.str.contains(DENIED))
        .with_columns(
            title.str.replace_all(NO_TITLE, "")
            .str.to_lowercase()
            .str.extract_all(r"\p{L}+")
            .alias("word")
        )
        .explode("word")
    )


def find_words(ranked: pl.DataFrame) -> list[TitleWord]:
    """The words in the titles of `ranked` tracks, in the order of the named tracks."""
    found = (
        read_words(ranked)
        .with_columns(pl.col("word").replace_strict(WORD_OF, default=None))
        .drop_nulls("word")
        .unique(["rank", "word"])
        .sort("rank", "word")
        .group_by("word", maintain_order=True)
        .agg(pl.len().alias("tracks"), pl.col("artist", "title", "plays").first())
    )
    return [TitleWord(**row) for row in found.iter_rows(named=True)]
