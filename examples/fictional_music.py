"""A world of invented artists and tracks, the same on every machine.

Everything is derived from numbers: artist 4711 always has the same name and the same
endless catalogue, so that nothing has to be stored. Names are combined from invented
word parts and unlikely pairs of words; none refers to a real artist.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from examples.fictional_words import (
    ADJECTIVES,
    ALPHABETS,
    GIVEN_NAMES,
    KANJI,
    NOUNS,
    PLAIN_WORDS,
    SYLLABLES,
    Alphabet,
)

type Pace = Literal["ordinary", "long", "short", "ambient"]

ARTISTS = 200_000

_PACES: tuple[Pace, ...] = ("long", "short", "ambient")
_LENGTHS_S: dict[Pace, tuple[int, int]] = {
    "ordinary": (125, 300),
    "long": (720, 1500),
    "short": (52, 115),
    "ambient": (240, 540),
}


@dataclass(frozen=True, slots=True)
class Artist:
    number: int
    name: str
    alphabet: Alphabet
    pace: Pace
    album_size: int
    """Tracks on each of the albums; 1 for artists who publish singles."""


@dataclass(frozen=True, slots=True)
class Track:
    artist: str
    title: str
    album: str
    uri: str
    length_ms: int
    renamed_in: int
    """The year from which on the title ends in " - Remastered"; 9999 for never."""

    twin: tuple[str, str] | None
    """Another album and URI of the same song, if there is one."""


class Dice:
    """A few choices that depend on a key alone."""

    def __init__(self, *key: str | int) -> None:
        text = "/".join(map(str, key))
        digest = hashlib.blake2b(text.encode(), digest_size=48).digest()
        self._left = int.from_bytes(digest, "big")

    def below(self, limit: int) -> int:
        self._left, rest = divmod(self._left, limit)
        return rest

    def pick[T](self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent


def artist_number(pace: Pace, place: int) -> int:
    """The number of the artist at `place` among those of one pace."""
    if pace == "ordinary":
        return place // 37 * 40 + 3 + place % 37
    return place * 40 + _PACES.index(pace)


@lru_cache(maxsize=16_384)
def artist(number: int) -> Artist:
    """The artist of a number; two numbers may, rarely, share a name."""
    dice = Dice("artist", number)
    pace: Pace = _PACES[number % 40] if number % 40 < 3 else "ordinary"
    alphabet: Alphabet = dice.pick(
        ("greek", "cyrillic", "kana", "accents") + ("latin",) * 16
    )
    return Artist(
        number=number,
        name=_artist_name(dice, alphabet),
        alphabet=alphabet,
        pace=pace,
        album_size=1 if dice.chance(12) else 8 + dice.below(7),
    )


@lru_cache(maxsize=65_536)
def track(by: Artist, number: int) -> Track:
    """Track `number` of an artist, counted from 0 through all albums in order."""
    dice = Dice("track", by.number, number)
    shortest, longest = _LENGTHS_S[by.pace]
    title = _title(dice, by.alphabet)
    if dice.chance(4):
        title += f" (feat. {artist(dice.below(ARTISTS)).name})"
    album_number = number // by.album_size
    album = title if by.album_size == 1 else _album_title(by, album_number)
    length = shortest * 1000 + dice.below((longest - shortest) * 1000)
    return Track(
        artist=by.name,
        title=title,
        album=album,
        uri=spotify_uri("track", by.number, number),
        length_ms=length + (dice.below(400_000) if dice.chance(3) else 0),
        renamed_in=2017 + dice.below(9) if dice.chance(3) else 9999,
        twin=_twin(by, number, album) if dice.chance(2) else None,
    )


def spotify_uri(kind: str, *key: str | int) -> str:
    """A URI in Spotify's form, derived from the key: 22 characters, hexadecimal digits
    only."""
    text = "/".join(["uri", kind, *map(str, key)])
    return (
        f"spotify:{kind}:{hashlib.blake2b(text.encode(), digest_size=11).hexdigest()}"
    )


def show_name(number: int) -> str:
    """The name of an invented podcast."""
    dice = Dice("show", number)
    return f"{dice.pick(ADJECTIVES)} {dice.pick(NOUNS)} Hour"


def episode_title(show: int, number: int) -> str:
    dice = Dice("episode", show, number)
    return f"#{number + 1}: {_title(dice, 'latin')}"


def book_title(number: int) -> str:
    """The name of an invented audiobook."""
    dice = Dice("book", number)
    return f"The {dice.pick(NOUNS)} of {_word(dice, 'latin')}"


def _twin(by: Artist, number: int, album: str) -> tuple[str, str]:
    return f"{album} (Deluxe Edition)", spotify_uri("track", by.number, number, "twin")


@lru_cache(maxsize=16_384)
def _album_title(by: Artist, number: int) -> str:
    return _title(Dice("album", by.number, number), by.alphabet)


_NAMES = (
    "The {adjective} {noun}s",
    "The {adjective} {noun}s",
    "{given} {word} {other}",
    "{given} {word}",
    "{given} {word}",
    "{word} {other}",
    "{word} {noun}",
    "{word} {noun}",
    "{adjective} {word}",
    "DJ {word} {number}",
    "{word} & {other}",
    "{word}, {other} & the {noun}s",
    "Ensemble {word}",
    "{word} {other} Quartet",
    "{given} & the {adjective} {noun}s",
)
_TITLES = (
    "{adjective} {noun} {word}",
    "{noun} for {word}",
    "{noun} of {word}",
    "{word} and the {noun}",
    "{adjective} {noun}, {adjective} {thing}",
    "My {noun} Is a {thing}",
    "{adjective} {word}",
    "{word} {other}",
    "{word}",
    "{word} ({adjective} {noun})",
    "Half a {noun} & {word}",
    "{noun} No. {number}, {word}",
    "{plain}",
    "{plain} in {word}",
    "{plain} of the {noun}",
    "No {plain} for {word}",
    "{adjective} {plain}",
)


class _Drawn(dict[str, object]):
    """Fills the places of a pattern; words are drawn when they are needed."""

    def __init__(self, dice: Dice, alphabet: Alphabet = "latin") -> None:
        super().__init__()
        self._dice = dice
        self._alphabet = alphabet

    def __missing__(self, place: str) -> object:
        if place in ("word", "other"):
            drawn: object = _word(self._dice, self._alphabet)
        elif place == "number":
            drawn = self._dice.below(98) + 2
        else:
            drawn = self._dice.pick(_STOCK[place])
        self[place] = drawn
        return drawn


_STOCK = {
    "adjective": ADJECTIVES,
    "noun": NOUNS,
    "thing": NOUNS,
    "given": GIVEN_NAMES,
    "plain": PLAIN_WORDS,
}


def _artist_name(dice: Dice, alphabet: Alphabet) -> str:
    if alphabet == "kana":
        return dice.pick(KANJI) + dice.pick(KANJI) + _word(dice, alphabet)
    if alphabet != "latin":
        words = [_word(dice, alphabet) for _ in range(1 + dice.below(2))]
        return " ".join(words)
    name = dice.pick(_NAMES).format_map(_Drawn(dice))
    return name.upper() if dice.chance(5) else name


def _title(dice: Dice, alphabet: Alphabet) -> str:
    if alphabet not in ("latin", "accents"):
        return " ".join(_word(dice, alphabet) for _ in range(1 + dice.below(3)))
    return dice.pick(_TITLES).format_map(_Drawn(dice, alphabet))


def _word(dice: Dice, alphabet: Alphabet = "latin") -> str:
    parts = ALPHABETS.get(alphabet, SYLLABLES)
    return "".join(dice.pick(part) for part in parts).capitalize()
