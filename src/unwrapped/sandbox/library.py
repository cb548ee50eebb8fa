"""Made-up listeners, their favourites, and their plays over time.

Everything is derived from hashes, and nothing is stored: every request at any time gets
the same plays of a listener.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from typing import Literal

from unwrapped.sandbox.words import (
    ADJECTIVES,
    BEGINNINGS,
    ENDINGS,
    MIDDLES,
    NOUNS,
    ODD_TITLES,
)

type TimeRange = Literal["short_term", "medium_term", "long_term"]

ARTISTS, TRACKS_EACH = 60, 3
RECENT_PLAYS = 50
"""The most plays that Spotify returns."""

RECENT_DAYS = 14
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Artist:
    """A made-up artist."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Album:
    """An album; with one track it is a single."""

    id: str
    name: str
    by: Artist
    released: date
    tracks: int


@dataclass(frozen=True, slots=True)
class Track:
    """A track on its album."""

    id: str
    name: str
    artists: tuple[Artist, ...]
    album: Album
    number: int
    duration_ms: int
    isrc: str
    is_explicit: bool


@dataclass(frozen=True, slots=True)
class Play:
    """A play of a track, to its end or for at least half a minute."""

    track: Track
    played_at: datetime
    """When it ended, in whole milliseconds."""

    is_from_album: bool


@dataclass(frozen=True, slots=True)
class Listener:
    """A listener who may sign in."""

    id: str
    name: str
    description: str
    hours: tuple[int, int]
    """The hours in UTC in which they listen every day."""

    @property
    def account_id(self) -> str:
        """The stable id of the account."""
        return made_id("account", self.id)


LISTENERS = {
    one.id: one
    for one in (
        Listener(
            "greta.quayloom", "Greta Quayloom", "plays music day and night", (0, 24)
        ),
        Listener("odo.tarqwen", "Odo Tarqwen", "listens in the evening", (18, 22)),
        Listener(
            "ilka.fervnidge", "Ilka Fervnidge", "has not played anything yet", (0, 0)
        ),
    )
}
"""All listeners by id."""


class _Dice:
    """Choices that depend only on a key."""

    def __init__(self, *key: str | int) -> None:
        text = "/".join(map(str, key))
        digest = hashlib.blake2b(text.encode(), digest_size=48).digest()
        self._left = int.from_bytes(digest, "big")

    def below(self, limit: int) -> int:
        self._left, rest = divmod(self._left, limit)
        return rest

    def pick[T](self, values: Sequence[T]) -> T:
        return values[self.below(len(values))]


def made_id(*key: str | int) -> str:
    """An id of Spotify's form: 22 base62 characters."""
    dice = _Dice("id", *key)
    return "".join([dice.pick(BASE62) for _ in range(22)])


def recent_plays(listener: Listener, moment: datetime) -> list[Play]:
    """The last plays that had ended by a moment, newest first."""
    found: list[Play] = []
    for days in range(RECENT_DAYS):
        day = moment.astimezone(UTC).date() - timedelta(days=days)
        of_day = [play for play in _plays(listener, day) if play.played_at <= moment]
        found += reversed(of_day)
        if len(found) >= RECENT_PLAYS:
            break
    return found[:RECENT_PLAYS]


def top_tracks(listener: Listener, time_range: TimeRange) -> list[Track]:
    """A listener's favourite tracks, the most liked first."""
    if not _listens(listener):
        return []
    order = _shuffled_a_little(listener, time_range, ARTISTS * TRACKS_EACH)
    return [_repertoire(listener)[place] for place in order]


def top_artists(listener: Listener, time_range: TimeRange) -> list[Artist]:
    """A listener's favourite artists, the most liked first."""
    return list({track.artists[0]: None for track in top_tracks(listener, time_range)})


def _listens(listener: Listener) -> bool:
    return listener.hours[0] < listener.hours[1]


def _shuffled_a_little(listener: Listener, key: str, places: int) -> list[int]:
    def rank(place: int) -> int:
        return place + _Dice("rank", listener.id, key, place).below(12)

    return sorted(range(places), key=rank)


@lru_cache
def _repertoire(listener: Listener) -> tuple[Track, ...]:
    """All tracks that a listener plays, the most played first."""
    return tuple(
        _track(listener.id, artist, number)
        for number in range(TRACKS_EACH)
        for artist in range(ARTISTS)
    )


@lru_cache(maxsize=64)
def _plays(listener: Listener, day: date) -> tuple[Play, ...]:
    """The plays of a day, in order."""
    return tuple(_played(listener, day)) if _listens(listener) else ()


def _played(listener: Listener, day: date) -> Iterator[Play]:
    midnight = datetime.combine(day, time(), UTC)
    moment, end = (midnight + timedelta(hours=hour) for hour in listener.hours)
    repertoire = _repertoire(listener)
    for number in count():  # each takes at least half a minute, so the loop ends
        dice = _Dice("play", listener.id, day.isoformat(), number)
        # The product of two numbers below 1 is mostly small: favourites come first.
        place = dice.below(len(repertoire)) * dice.below(len(repertoire))
        track = repertoire[place // len(repertoire)]
        is_skipped = dice.below(8) == 0
        played_ms = 30_000 + dice.below(60_000) if is_skipped else track.duration_ms
        moment += timedelta(milliseconds=played_ms + 200 + dice.below(4_000))
        if moment > end:
            return
        yield Play(track, moment, is_from_album=dice.below(3) > 0)


def _artist(owner: str, number: int) -> Artist:
    dice = _Dice("artist", owner, number)
    word, other = _word(dice), _word(dice)
    adjective, noun = dice.pick(ADJECTIVES), dice.pick(NOUNS)
    names = (f"{word} {other}", f"The {adjective} {noun}s", f"{word} & the {noun}s")
    return Artist(made_id("artist", owner, number), dice.pick(names))


def _track(owner: str, artist: int, number: int) -> Track:
    dice = _Dice("track", owner, artist, number)
    by = _artist(owner, artist)
    guest = _artist(owner, dice.below(ARTISTS))
    has_guest = dice.below(9) == 0 and guest != by
    titles = ODD_TITLES[artist:] if number == 0 else ()
    return Track(
        id=made_id("track", owner, artist, number),
        name=titles[0] if titles else f"{dice.pick(ADJECTIVES)} {_word(dice)}",
        artists=(by, guest) if has_guest else (by,),
        album=_album(owner, artist, by),
        number=number + 1,
        duration_ms=95_000 + dice.below(260_000),
        isrc=f"ZZSBX{dice.below(27):02}{dice.below(100_000):05}",
        is_explicit=dice.below(10) == 0,
    )


def _album(owner: str, artist: int, by: Artist) -> Album:
    dice = _Dice("album", owner, artist)
    return Album(
        id=made_id("album", owner, artist),
        name=f"{dice.pick(NOUNS)} of {_word(dice)}",
        by=by,
        released=date(1990, 1, 1) + timedelta(days=dice.below(13_000)),
        tracks=TRACKS_EACH,
    )


def _word(dice: _Dice) -> str:
    return "".join(map(dice.pick, (BEGINNINGS, MIDDLES, ENDINGS))).capitalize()
