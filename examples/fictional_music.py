"""A world of invented artists and tracks, the same on every machine.

Everything is derived from numbers: artist 4711 always has the same name and the same
catalogue without end, so that nothing has to be stored. Names are put together from
invented word parts and unlikely pairs of words; none is meant to be anyone's.
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
    SYLLABLES,
    Alphabet,
)

type Pace = Literal["ordinary", "long", "short", "ambient"]

ARTISTS = 200_000
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

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
    """Year from which on the title is followed by " - Remastered"; 9999 for never."""

    twin: tuple[str, str] | None
    """Album and URI under which the same song exists once more."""


class Dice:
    """A few choices that depend on a key and on nothing else."""

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
    """A URI of Spotify's form: 22 base62 characters, derived from the key."""
    dice = Dice("uri", kind, *key)
    return f"spotify:{kind}:" + "".join([dice.pick(BASE62) for _ in range(22)])


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


def _album_title(by: Artist, number: int) -> str:
    return _title(Dice("album", by.number, number), by.alphabet)


def _artist_name(dice: Dice, alphabet: Alphabet) -> str:
    if alphabet == "kana":
        return dice.pick(KANJI) + dice.pick(KANJI) + _word(dice, alphabet)
    if alphabet != "latin":
        words = [_word(dice, alphabet) for _ in range(1 + dice.below(2))]
        return " ".join(words)
    word, adjective, noun = _word(dice), dice.pick(ADJECTIVES), dice.pick(NOUNS)
    given, other = dice.pick(GIVEN_NAMES), _word(dice)
    return dice.pick(
        (
            f"The {adjective} {noun}s",
            f"The {adjective} {noun}s",
            f"{given} {word} {other}",
            f"{given} {word}",
            f"{given} {word}",
            f"{word} {other}",
            f"{word} {noun}",
            f"{word} {noun}",
            f"{adjective} {word}",
            f"DJ {word} {dice.below(98) + 2}",
            f"{word} & {other}",
            f"{word}, {other} & the {noun}s",
            word.lower() + other.lower(),
            word.upper(),
            f"Ensemble {word}",
            f"{word} {other} Quartet",
            f"{given} & the {adjective} {noun}s",
        )
    )


def _title(dice: Dice, alphabet: Alphabet) -> str:
    if alphabet not in ("latin", "accents"):
        return " ".join(_word(dice, alphabet) for _ in range(1 + dice.below(3)))
    word, adjective, noun = (
        _word(dice, alphabet),
        dice.pick(ADJECTIVES),
        dice.pick(NOUNS),
    )
    other, place = dice.pick(NOUNS), _word(dice, alphabet)
    return dice.pick(
        (
            f"{adjective} {noun} {word}",
            f"{noun} for {word}",
            f"{noun} of {place}",
            f"{word} and the {noun}",
            f"{adjective} {noun}, {adjective} {other}",
            f"My {noun} Is a {other}",
            f"{adjective} {word}",
            f"{word} {place}",
            f"{place}",
            f"{word} ({adjective} {noun})",
            f"Half a {noun} & {word}",
            f"{noun} No. {dice.below(40) + 2}, {word}",
        )
    )


def _word(dice: Dice, alphabet: Alphabet = "latin") -> str:
    parts = ALPHABETS.get(alphabet, SYLLABLES)
    return "".join(dice.pick(part) for part in parts).capitalize()
