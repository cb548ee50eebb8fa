"""User names and display names: which are valid, and when two are the same.

The checks are those of Unicode Technical Standard 39: "highly restrictive" for user
names (5.2), and its limit on marks (5.4) for both. Only new names are checked; stored
ones are kept.
"""

import unicodedata
from typing import Annotated

import regex
from pydantic import AfterValidator, StringConstraints

from unwrapped.shared.validators import RequiredStr, SafeStr

_ALONE = [
    "Arabic",
    "Armenian",
    "Bengali",
    "Cyrillic",
    "Devanagari",
    "Ethiopic",
    "Georgian",
    "Greek",
    "Gujarati",
    "Gurmukhi",
    "Hebrew",
    "Kannada",
    "Khmer",
    "Lao",
    "Latin",
    "Malayalam",
    "Myanmar",
    "Oriya",
    "Sinhala",
    "Tamil",
    "Telugu",
    "Thaana",
    "Thai",
    "Tibetan",
]
_TOGETHER = ("Latin Han Hiragana Katakana", "Latin Han Bopomofo", "Latin Han Hangul")


def _written_in(scripts: str) -> str:
    also = "".join(rf"\p{{scx={one}}}" for one in (*scripts.split(), "Zyyy", "Zinh"))
    return f"[{also}]+"


# The scripts in common use (UAX 31, table 5), and those that are written together.
_SCRIPTS = regex.compile("|".join(map(_written_in, (*_ALONE, *_TOGETHER))))
_SHAPELESS = regex.compile(r"[\p{Default_Ignorable_Code_Point}\u2800]")
_DIRECTION = regex.compile(r"\p{Bidi_Control}")
_PILE_OF_MARKS = regex.compile(r"^\p{M}|[\p{Mn}\p{Me}]{5,}")

RESERVED = frozenset(
    [
        "admin",
        "administrator",
        "api",
        "everybody",
        "everyone",
        "help",
        "me",
        "moderator",
        "nobody",
        "null",
        "official",
        "operator",
        "owner",
        "postmaster",
        "root",
        "security",
        "self",
        "staff",
        "support",
        "system",
        "undefined",
        "unwrapped",
        "webmaster",
    ]
)
"""Names that could be taken for the service or its operator."""


def username_key(username: str) -> str:
    """The canonical form of a user name."""
    # Fold in between: a bold capital has a lower case only once NFKC made it plain.
    plain = unicodedata.normalize("NFKC", username)
    return unicodedata.normalize("NFKC", plain.casefold())


def letters_and_digits(text: str) -> str:
    """The canonical form of a text, reduced to letters and digits."""
    return "".join(filter(str.isalnum, username_key(text)))


def _username(name: str) -> str:
    is_blank = any(character.isspace() for character in name)
    if is_blank or not name.isprintable() or _SHAPELESS.search(name):
        raise ValueError("must not contain spaces or invisible characters")
    if _PILE_OF_MARKS.search(name):
        raise ValueError("must not pile marks on a letter")
    # The key as well: there, letters in another width or style are plain.
    if not all(map(_SCRIPTS.fullmatch, (name, username_key(name)))):
        raise ValueError("must not mix letters of several scripts")
    if letters_and_digits(name) in RESERVED:
        raise ValueError("is reserved: choose another one")
    return name


def _display_name(name: str) -> str:
    if _DIRECTION.search(name):
        raise ValueError("must not change the direction of writing")
    if _PILE_OF_MARKS.search(name):
        raise ValueError("must not pile marks on a letter")
    if not _SHAPELESS.sub("", name).strip():
        raise ValueError("must contain something visible")
    return name


Username = Annotated[
    SafeStr,
    StringConstraints(min_length=3, max_length=64),
    AfterValidator(_username),
]
"""The name that a person signs in with."""

DisplayName = Annotated[RequiredStr, AfterValidator(_display_name)]
"""The name that is shown for a person."""
