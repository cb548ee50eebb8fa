"""Plays as clients send them, and which of them are accepted.

Both dialects accept the valid plays of a batch, even if others are invalid.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from unwrapped.music.scrobbles.audioscrobbler.parameters import Parameters
from unwrapped.music.scrobbles.listen_times import BadTime, bad_time
from unwrapped.music.scrobbles.playing_now import Playing
from unwrapped.music.sources.scrobble import Scrobble

MOST_PLAYS = 50
"""The largest batch of both dialects."""

_LONGEST_SECONDS = 24 * 86_400


class Ignored(Enum):
    """Why a play is not accepted: a code of Audioscrobbler 2.0, and the reason in words."""

    NO_ARTIST = 1, "the artist is empty"
    NO_TRACK = 2, "the track is empty"
    TOO_OLD = 3, "its time is missing, or is before October 2002"
    TOO_NEW = 4, "its time is in the future"

    @property
    def code(self) -> str:
        """The code for clients. It is a string, since some clients compare it with one."""
        return str(self.value[0])

    @property
    def words(self) -> str:
        """The reason."""
        return self.value[1]


_BAD_TIMES = {BadTime.TOO_OLD: Ignored.TOO_OLD, BadTime.TOO_NEW: Ignored.TOO_NEW}


@dataclass(frozen=True, slots=True)
class Given:
    """A play as a client sent it. Texts that are missing are ""."""

    artist: str
    track: str
    album: str = ""
    album_artist: str = ""
    mbid: str = ""
    seconds: int | None = None
    """The length of the track."""

    timestamp: str = ""
    """The start of the play, as text."""

    @property
    def started_at(self) -> int | None:
        """The start as a Unix time in seconds; None if the text is not a number."""
        return whole(self.timestamp)

    def ignored(self, now: datetime) -> Ignored | None:
        """Why the play is not accepted; None if it is."""
        if (nameless := self.nameless()) is not None:
            return nameless
        bad = (
            BadTime.TOO_OLD
            if self.started_at is None
            else bad_time(self.started_at, now)
        )
        return None if bad is None else _BAD_TIMES[bad]

    def nameless(self) -> Ignored | None:
        """Which of the names of artist and track is missing; None if both are given."""
        if not self.artist:
            return Ignored.NO_ARTIST
        return None if self.track else Ignored.NO_TRACK

    def scrobble(self, client: str | None = None) -> Scrobble:
        """The scrobble to store for an accepted play, with the client that sent it, if it
        is known.
        """
        return Scrobble(
            artist=self.artist,
            title=self.track,
            listened_at=self.started_at or 0,
            album=self.album or None,
            album_artist=self.album_artist or None,
            length_ms=self._length_ms,
            recording_mbid=self._mbid,
            client=client,
        )

    def playing(self) -> Playing:
        """The track to store as playing."""
        return Playing(
            artist=self.artist,
            title=self.track,
            album=self.album or None,
            length_ms=self._length_ms,
            recording_mbid=self._mbid,
        )

    @property
    def _length_ms(self) -> int | None:
        is_known = self.seconds is not None and 0 < self.seconds <= _LONGEST_SECONDS
        return self.seconds * 1000 if is_known and self.seconds else None

    @property
    def _mbid(self) -> str | None:
        try:
            return str(UUID(self.mbid))
        except ValueError:
            return None


def summed_up(ignored: Iterable[Ignored | None]) -> str | None:
    """A text with the reasons why plays of a batch were not accepted; None if all were."""
    counts = Counter(one.words for one in ignored if one is not None)
    parts = [f"{number}: {words}" for words, number in sorted(counts.items())]
    return f"Plays not accepted, {'; '.join(parts)}." if parts else None


_FIELDS: Mapping[str, str] = {
    "artist": "artist",
    "track": "track",
    "album": "album",
    "album_artist": "albumartist",
    "mbid": "mbid",
    "timestamp": "timestamp",
}
_LETTERS: Mapping[str, str] = {
    "artist": "a",
    "track": "t",
    "album": "b",
    "mbid": "m",
    "timestamp": "i",
}
_LENGTH, _LENGTH_LETTER, _RATING = "duration", "l", "r"
_NO_LISTENS = ("b", "s")
"""The ratings for banned and skipped: these plays are not listens."""


def read_play(row: Parameters) -> Given:
    """Read a play of Audioscrobbler 2.0."""
    return _given(row, _FIELDS, _LENGTH)


def read_plays(parameters: Parameters) -> list[Given]:
    """Read the plays of a `track.scrobble`, in the order of their indexes."""
    rows = parameters.rows(*_FIELDS.values(), _LENGTH)
    return [read_play(row) for row in rows]


def read_letters(row: Parameters) -> Given:
    """Read a play of Audioscrobbler 1.2, whose parameters have names of one letter."""
    return _given(row, _LETTERS, _LENGTH_LETTER)


def read_lettered_plays(parameters: Parameters) -> list[Given]:
    """Read the plays of a submission of Audioscrobbler 1.2.

    Leaves out those that are rated as banned or skipped.
    """
    rows = parameters.rows(*_LETTERS.values(), _LENGTH_LETTER, _RATING)
    return [
        read_letters(row) for row in rows if row.get(_RATING).lower() not in _NO_LISTENS
    ]


def _given(row: Parameters, names: Mapping[str, str], length: str) -> Given:
    text = {field: row.get(name) for field, name in names.items()}
    return Given(**text, seconds=whole(row.get(length)))


def whole(text: str) -> int | None:
    """The number in a text, without its fraction; None if the text is not a number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if math.isfinite(number) else None
