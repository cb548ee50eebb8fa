"""Limits of what clients report in any protocol, and the ids derived from names."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from unwrapped.music.sources.name_keys import UNKNOWN_ARTIST, name_key

MOST_AT_ONCE = 1_000
"""The most scrobbles in one submission."""

EARLIEST = 1_033_410_600
"""The Unix time at which Audioscrobbler began. An earlier time comes from a wrong clock."""

LATEST_AHEAD = timedelta(hours=1)
"""How far a client's clock may be ahead of the server's."""

PLAYING = timedelta(minutes=10)
"""How long a track of unknown length counts as playing."""

LONGEST_PLAYING = timedelta(hours=24)
"""The longest time that any track counts as playing."""

_NAMESPACE = UUID("2c1f4f0a-6f0e-5d3c-9a3e-6b1d7c0e9f52")


class Playing(msgspec.Struct, frozen=True, kw_only=True):
    """The track that a client reports as playing."""

    artist: str
    title: str
    album: str | None = None
    length_ms: int | None = None
    client: str | None = None
    recording_mbid: str | None = None


class BadTime(StrEnum):
    """Why a time is not accepted as the time of a listen."""

    TOO_OLD = "too_old"
    TOO_NEW = "too_new"


def bad_time(listened_at: int, now: datetime) -> BadTime | None:
    """Why the Unix time of a listen is not accepted; None if it is."""
    if listened_at < EARLIEST:
        return BadTime.TOO_OLD
    if listened_at >= (now + LATEST_AHEAD).timestamp():
        return BadTime.TOO_NEW
    return None


def msid_of(artist: str, title: str) -> UUID:
    """The id of a track for clients of ListenBrainz, derived from its names alone."""
    artist_key = name_key(artist) or name_key(UNKNOWN_ARTIST)
    return uuid5(_NAMESPACE, f"{artist_key}\x1f{name_key(title)}")
