"""What clients say of plays, and which plays are taken.

One bad play of a batch never refuses the others: both dialects take the rest.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from unwrapped.music.scrobbles.audioscrobbler.parameters import Parameters

MOST_PLAYS = 50
"""The greatest batch of both dialects."""


class Ignored(Enum):
    """Why a play is not taken: the code of Audioscrobbler 2.0, and the reason in words."""

    NO_ARTIST = 1, "the artist is empty"
    NO_TRACK = 2, "the track is empty"
    TOO_OLD = 3, "the time is missing, or lies before October 2002"
    TOO_NEW = 4, "the time lies in the future"

    @property
    def code(self) -> str:
        """What a client reads: a string, to which some compare."""
        return str(self.value[0])

    @property
    def words(self) -> str:
        """The reason."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Given:
    """A play as a client sent it. Text is "" where nothing was sent."""

    artist: str
    track: str
    album: str = ""
    album_artist: str = ""
    number: str = ""
    mbid: str = ""
    seconds: int | None = None
    """The length of the track."""

    timestamp: str = ""
    """When the play began, as it was sent."""

    @property
    def started_at(self) -> int | None:
        """Seconds of Unix time; None where the text is no time."""
        return _whole(self.timestamp)

    def ignored(self, oldest: int, newest: int) -> Ignored | None:
        """Why the play is not taken, between these times; None for one that is."""
        if (nameless := self.nameless()) is not None:
            return nameless
        if self.started_at is None or self.started_at < oldest:
            return Ignored.TOO_OLD
        return Ignored.TOO_NEW if self.started_at > newest else None

    def nameless(self) -> Ignored | None:
        """Why nothing can be said of what was played; None where both names are there."""
        if not self.artist:
            return Ignored.NO_ARTIST
        return None if self.track else Ignored.NO_TRACK


_FIELDS: Mapping[str, str] = {
    "artist": "artist",
    "track": "track",
    "album": "album",
    "album_artist": "albumartist",
    "number": "tracknumber",
    "mbid": "mbid",
    "timestamp": "timestamp",
}
_LETTERS: Mapping[str, str] = {
    "artist": "a",
    "track": "t",
    "album": "b",
    "number": "n",
    "mbid": "m",
    "timestamp": "i",
}
RATING = "r"
_NO_LISTENS = ("b", "s")
"""Banned and skipped: what a person pressed, not what they heard."""


def read_play(row: Parameters) -> Given:
    """A play of Audioscrobbler 2.0."""
    return _given(row, _FIELDS, "duration")


def read_plays(parameters: Parameters) -> list[Given]:
    """The plays of a `track.scrobble`, in the order of their indexes."""
    rows = parameters.rows(*_FIELDS.values(), "duration")
    return [read_play(row) for _, row in rows]


def read_letters(row: Parameters) -> Given:
    """A play of Audioscrobbler 1.2, whose parameters have names of one letter."""
    return _given(row, _LETTERS, "l")


def read_lettered_plays(parameters: Parameters) -> list[tuple[Given, bool]]:
    """The plays of a submission, each with whether it is a listen at all."""
    rows = parameters.rows(*_LETTERS.values(), "l", RATING, "o")
    return [
        (read_letters(row), row.get(RATING).lower() not in _NO_LISTENS)
        for _, row in rows
    ]


def _given(row: Parameters, names: Mapping[str, str], length: str) -> Given:
    text = {field: row.get(name) for field, name in names.items()}
    seconds = _whole(row.get(length))
    return Given(**text, seconds=seconds if seconds and seconds > 0 else None)


def _whole(text: str) -> int | None:
    """A number without its fraction; None for what is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if math.isfinite(number) else None
