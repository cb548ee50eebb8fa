"""Limits of reports in all dialects, and the ids derived from them."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

import msgspec

from unwrapped.music.sources.name_keys import UNKNOWN_ARTIST, name_key

MOST_AT_ONCE = 1_000
"""The most scrobbles in one submission."""

EARLIEST = 1_033_410_600
"""Unix time: when Audioscrobbler began. An earlier time comes from a wrong clock."""

LATEST_AHEAD = timedelta(hours=1)
"""How far a client's clock may be ahead of the server's."""

PLAYING = timedelta(minutes=10)
"""How long something of unknown length is playing."""

LONGEST_PLAYING = timedelta(hours=24)

_NAMESPACE = UUID("2c1f4f0a-6f0e-5d3c-9a3e-6b1d7c0e9f52")


class Playing(msgspec.Struct, frozen=True, kw_only=True):
    """What a client reports as playing."""

    artist: str
    title: str
    album: str | None = None
    length_ms: int | None = None
    client: str | None = None
    recording_mbid: str | None = None


class BadTime(StrEnum):
    """Why a time cannot be that of a listen."""

    TOO_OLD = "too_old"
    TOO_NEW = "too_new"


def bad_time(listened_at: int, now: datetime) -> BadTime | None:
    """What is wrong with the time of a listen; None if nothing is."""
    if listened_at < EARLIEST:
        return BadTime.TOO_OLD
    if listened_at >= (now + LATEST_AHEAD).timestamp():
        return BadTime.TOO_NEW
    return None


def msid_of(artist: str, title: str) -> UUID:
    """The id of a track for clients of ListenBrainz: the same for the same names."""
    artist_key = name_key(artist) or name_key(UNKNOWN_ARTIST)
    return uuid5(_NAMESPACE, f"{artist_key}\x1f{name_key(title)}")
