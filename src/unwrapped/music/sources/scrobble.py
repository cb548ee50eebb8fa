"""A listen as a client reports it in any protocol, and what its time means."""

import re

import msgspec

CLIENTS_OF_ENDS = ("mopidy", "mpdscribble", "rescrobbled")
"""Prefixes of the names of clients that log the end or the middle of a listen."""

_SPOTIFY_TRACK = re.compile(
    r"(?:https?://open\.spotify\.com/(?:intl-\w+/)?track/|spotify:track:)([0-9A-Za-z]{22})\b"
)


class Scrobble(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A listen that a client reports to this server.

    Names are what the client sent, without surrounding space; artist and title are not
    empty.
    """

    artist: str
    title: str
    listened_at: int
    """Unix time in seconds: the start of the listen, except from `CLIENTS_OF_ENDS`."""

    album: str | None = None
    album_artist: str | None = None
    length_ms: int | None = None
    """The length of the track; it never counts as heard."""

    ms_played: int | None = None
    """The time heard, if the client reports it."""

    client: str | None = None
    """The name of the client, which determines the meaning of `listened_at`."""

    uri: str | None = None
    """`spotify:track:…`, if the client knows it."""

    recording_mbid: str | None = None


def reports_ends(*clients: str | None) -> bool:
    """Whether any of these names belongs to a client that does not report starts."""
    return any(name and name.lower().startswith(CLIENTS_OF_ENDS) for name in clients)


def spotify_uri(address: str | None) -> str | None:
    """The URI of a Spotify track, from its address or URI; None for anything else."""
    found = _SPOTIFY_TRACK.match(address or "")
    return f"spotify:track:{found[1]}" if found else None
