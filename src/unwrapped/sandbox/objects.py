"""Artists, tracks, plays and people in the form of the API.

The members are those that an app in development mode still receives: no popularity, no
markets, no followers, no e-mail address, no genres.
"""

from datetime import UTC, datetime, timedelta

from unwrapped.sandbox.library import Album, Artist, Listener, Play, Track

type Json = dict[str, object]

SITE = "https://open.spotify.com"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _named(base: str, kind: str, key: str) -> Json:
    """The common members of everything with an id."""
    return {
        "external_urls": {"spotify": f"{SITE}/{kind}/{key}"},
        "href": f"{base}v1/{kind}s/{key}",
        "id": key,
        "type": kind,
        "uri": f"spotify:{kind}:{key}",
    }


def milliseconds(moment: datetime) -> int:
    """Unix time in milliseconds, as in cursors."""
    return (moment - EPOCH) // timedelta(milliseconds=1)


def listener_object(base: str, listener: Listener) -> Json:
    """The profile of the listener who is signed in."""
    return _named(base, "user", listener.id) | {
        "account_id": listener.account_id,
        "display_name": listener.name,
        "images": [],
    }


def artist_object(base: str, artist: Artist) -> Json:
    """An artist."""
    return _simple_artist(base, artist) | {"images": []}


def track_object(base: str, track: Track) -> Json:
    """A track with its artists and its album."""
    return _named(base, "track", track.id) | {
        "album": _album_object(base, track.album),
        "artists": [_simple_artist(base, artist) for artist in track.artists],
        "disc_number": 1,
        "duration_ms": track.duration_ms,
        "explicit": track.is_explicit,
        "external_ids": {"isrc": track.isrc},
        "is_local": False,
        "is_playable": True,
        "name": track.name,
        "preview_url": None,
        "track_number": track.number,
    }


def play_object(base: str, play: Play) -> Json:
    """A play in the history."""
    moment = play.played_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "track": track_object(base, play.track),
        "played_at": moment,
        "context": _context(base, play.track.album) if play.is_from_album else None,
    }


def _simple_artist(base: str, artist: Artist) -> Json:
    return _named(base, "artist", artist.id) | {"name": artist.name}


def _album_object(base: str, album: Album) -> Json:
    return _named(base, "album", album.id) | {
        "album_type": "album",
        "artists": [_simple_artist(base, album.by)],
        "images": [],
        "is_playable": True,
        "name": album.name,
        "release_date": album.released.isoformat(),
        "release_date_precision": "day",
        "total_tracks": album.tracks,
    }


def _context(base: str, album: Album) -> Json:
    whole = _named(base, "album", album.id)
    return {key: whole[key] for key in ("external_urls", "href", "type", "uri")}
