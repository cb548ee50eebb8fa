"""A correction and its parts as plain values. Loads neither tables nor Polars."""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from unwrapped.music.history.public_ids import public_id
from unwrapped.music.sources.name_keys import name_key


class Action(StrEnum):
    """What a correction does."""

    SPLIT = "split"
    """An artist is split into several, which count in its place."""

    COUNT_AS = "count_as"
    EXCLUDE = "exclude"


class Scope(StrEnum):
    """What a correction corrects."""

    ARTIST = "artist"
    ALBUM = "album"
    TRACK = "track"
    WINDOW = "window"
    """A time of the week."""


class Names(NamedTuple):
    """The names of a listen. `artist` is the credit, which may mean several artists."""

    artist: str
    title: str
    album: str | None

    @property
    def ids(self) -> "Ids":
        """The public ids of the names."""
        return Ids(
            artist_id(self.artist),
            track_id(self.artist, self.title),
            None if self.album is None else album_id(self.artist, self.album),
        )


class Ids(NamedTuple):
    """The public ids of names: the digests of their keys."""

    artist: str
    track: str
    album: str | None


def artist_id(name: str) -> str:
    """The public id of an artist."""
    return public_id(name_key(name))


def track_id(artist: str, title: str) -> str:
    """The public id of a track."""
    return public_id(name_key(artist), name_key(title))


album_id = track_id
"""The public id of an album, from the names of its artist and of the album."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time of the week, in local time. It lasts over midnight if `ends` is not after
    `begins`.
    """

    weekdays: frozenset[int]
    """The days on which it begins; 1 is Monday."""

    begins: time
    ends: time
    """The first moment after the window."""

    @property
    def is_over_midnight(self) -> bool:
        """Whether the window ends on the next day."""
        return self.ends <= self.begins

    def __str__(self) -> str:
        days = ",".join(map(str, sorted(self.weekdays)))
        return f"{days} {self.begins:%H:%M}-{self.ends:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction of a listener. Names keep their spelling and are compared by keys."""

    id: UUID
    action: Action
    scope: Scope
    artist: str = ""
    title: str = ""
    album: str | None = None
    """For an album, its name; for a track, the only album on which the correction applies
    (None: any album).
    """

    targets: tuple[str, ...] = ()
    """What the subject counts as: the artists of a split, or an artist, the name of an
    album, or the artist and the title of a track.
    """

    window: Window | None = None

    @property
    def subject(self) -> str:
        """What is corrected, as a text: unique for a listener and scope."""
        match self.scope:
            case Scope.ARTIST:
                return artist_id(self.artist)
            case Scope.ALBUM:
                return album_id(self.artist, self.album or "")
            case Scope.TRACK:
                on = "" if self.album is None else album_id(self.artist, self.album)
                return track_id(self.artist, self.title) + on
            case Scope.WINDOW:
                return str(self.window)
