"""The track that a client reports as playing, and how long it counts as playing."""

from datetime import timedelta

import msgspec

PLAYING = timedelta(minutes=10)
"""How long a track of unknown length counts as playing."""

LONGEST_PLAYING = timedelta(hours=24)
"""The longest time that any track counts as playing."""


class Playing(msgspec.Struct, frozen=True, kw_only=True):
    """The track that a client reports as playing."""

    artist: str
    title: str
    album: str | None = None
    length_ms: int | None = None
    client: str | None = None
    recording_mbid: str | None = None
