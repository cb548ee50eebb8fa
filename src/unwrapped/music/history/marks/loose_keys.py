"""Keys of names that are similar enough to mean one listen, if the times match as well.

They are used for marks only, never for identity or counting: services rewrite names ("Song
- 2011 Remaster", "A feat. B"), and the next version of the rules must be able to undo a
wrong guess.
"""

from functools import reduce

import polars as pl

_WORDS = (
    r"(?:feat|ft|featuring|remaster\w*|version|edit|mix|live|mono|stereo|bonus|single"
    r"|radio|deluxe|acoustic|demo|(?:19|20)\d\d)"
)
# Marks that are often left out in writing. Those of other scripts are part of letters.
_ACCENTS = r"[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]"

_TITLE = (
    rf"\s*[(\[](?:\s*with\b[^()\[\]]*|[^()\[\]]*\b{_WORDS}\b[^()\[\]]*)[)\]]",
    rf"\s-\s[^-]*\b{_WORDS}\b.*$",
    r"\s(?:feat|ft|featuring)\b.*$",
)
_ARTIST = (
    r",\s*the$",
    r"^the\s+",
    r"\s*[,;/\u2022].*$",
    r"\s(?:feat|ft|featuring|with|vs)\b.*$",
    r"\s[x\u00d7]\s.*$",
)
_NO_WORD = r"[\W_]+"
_VARIOUS = "variousartists"


def loose_keys(spelled: pl.DataFrame) -> pl.DataFrame:
    """The loose keys of each recording, each once.

    Columns: `recording`, `loose_title`, `loose_artist`, and `lead`: what comes before
    "and" in the artist, null if there is no "and".
    """
    keys = spelled.select("recording", "artist_key", "title_key").unique()
    titles = keys.select("title_key").unique()
    artists = keys.select("artist_key").unique()
    return (
        keys.join(_with_loose_title(titles), on="title_key")
        .join(_with_loose_artist(artists), on="artist_key")
        .select("recording", "loose_title", "loose_artist", "lead")
        .unique()
    )


def _with_loose_title(titles: pl.DataFrame) -> pl.DataFrame:
    key = pl.col("title_key")
    return titles.with_columns(
        _words_of(_without(_folded(key), *_TITLE), key).alias("loose_title")
    )


def _with_loose_artist(artists: pl.DataFrame) -> pl.DataFrame:
    key, first = pl.col("artist_key"), pl.col("first")
    lead = first.str.extract(r"^(.+?)\sand\s").str.replace_all(_NO_WORD, "")
    return artists.with_columns(_without(_folded(key), *_ARTIST).alias("first")).select(
        key,
        _words_of(first, key).alias("loose_artist"),
        pl.when(lead != "").then(lead).alias("lead"),
    )


def _folded(key: pl.Expr) -> pl.Expr:
    return (
        key.str.normalize("NFKD")
        .str.replace_all(_ACCENTS, "")
        .str.replace_all(r"[\u2010-\u2015\u2212]", "-")
        .str.replace_all("&", " and ", literal=True)
    )


def _without(text: pl.Expr, *patterns: str) -> pl.Expr:
    return reduce(lambda text, one: text.str.replace_all(one, ""), patterns, text)


def _words_of(text: pl.Expr, key: pl.Expr) -> pl.Expr:
    """The letters and digits of `text`; the key itself if there are none."""
    words = text.str.replace_all(_NO_WORD, "")
    return pl.when(words != "").then(words).otherwise(key)


def shared_tokens(
    ones: pl.DataFrame, others: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tokens of the recordings on both sides, as `recording` and `token`.

    A recording of `ones` and one of `others` (frames of `loose_keys`) share a loose key
    if they have a token in common: their titles are equal, and so are their artists, or
    one artist is what comes before "and" in the other, or one is "Various Artists".
    Tokens that only one side has are left out.
    """
    artist, lead, anyone = pl.col("loose_artist"), pl.col("lead"), pl.lit("")
    various = pl.when(artist == _VARIOUS).then(anyone).otherwise(None)
    ways = [(artist, artist), (lead, artist), (artist, lead)]
    ways += [(various, anyone), (anyone, various)]
    one = _in_each_way(ones, [mine for mine, _ in ways])
    other = _in_each_way(others, [its for _, its in ways])
    common = one.join(other, on=_TOKEN, how="semi").select(_TOKEN).unique()
    tokens = common.with_row_index("token")
    return _tokens_of(one, tokens), _tokens_of(other, tokens)


_TOKEN = ["loose_title", "name", "way"]


def _in_each_way(keys: pl.DataFrame, names: list[pl.Expr]) -> pl.DataFrame:
    place = ["recording", "loose_title"]
    ways = [name.alias(str(way)) for way, name in enumerate(names)]
    return (
        keys.select(*place, *ways)
        .unpivot(index=place, variable_name="way", value_name="name")
        .drop_nulls("name")
    )


def _tokens_of(named: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    return named.join(tokens, on=_TOKEN).select("recording", "token").unique()
