"""One listen as a client reports it, whatever its dialect, and what clients mean."""

import re

import msgspec

CLIENTS_OF_ENDS = ("mopidy", "mpdscribble", "rescrobbled")
"""How the names of clients begin that log the end of a listen, or its middle."""

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
    """Unix time in seconds; the start, but for clients that are known to send the end."""

    album: str | None = None
    album_artist: str | None = None
    length_ms: int | None = None
    """The length of the track; it never counts as heard."""

    ms_played: int | None = None
    """Only where the client says how long it was heard."""

    client: str | None = None
    """The name of the client, which decides what `listened_at` means."""

    uri: str | None = None
    """`spotify:track:…`, where the client knows it."""

    recording_mbid: str | None = None


def reports_ends(*clients: str | None) -> bool:
    """Whether any of these names is that of a client that does not report starts."""
    return any(name and name.lower().startswith(CLIENTS_OF_ENDS) for name in clients)


def spotify_uri(address: str | None) -> str | None:
    """The URI of a track of Spotify, from its address or its URI; None for another."""
    found = _SPOTIFY_TRACK.match(address or "")
    return f"spotify:track:{found[1]}" if found else None
