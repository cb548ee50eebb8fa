"""The answers of the methods of Audioscrobbler 2.0.

The types of members are those that strict clients expect: `corrected`, `code` and
`timestamp` are strings; the counts of accepted scrobbles are numbers. `rendering.py`
renders the same answers as XML.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from unwrapped.music.scrobbles.audioscrobbler.plays import Given, Ignored
from unwrapped.music.scrobbles.audioscrobbler.rendering import Answer, Value

SIZES = ("small", "medium", "large", "extralarge")


@dataclass(frozen=True, slots=True)
class Track:
    """A play of the history, or the track that is playing."""

    artist: str
    title: str
    album: str
    started_at: datetime | None
    """None if the track is playing now."""
    is_loved: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """The owner of a history, with the totals of the whole history."""

    name: str
    url: str
    since: datetime
    plays: int
    artists: int
    tracks: int
    albums: int


def session(name: str, key: str) -> Answer:
    """A session that was opened."""
    return {"session": {"name": name, "key": key, "subscriber": 0}}


def requested(token: str) -> Answer:
    """A request for a session, which a person has to confirm."""
    return {"token": token}


def now_playing(given: Given, ignored: Ignored | None) -> Answer:
    """The track that the client reported as playing."""
    return {"nowplaying": {**_names(given), **_ignored(ignored)}}


def scrobbles(plays: Sequence[tuple[Given, Ignored | None]]) -> Answer:
    """The outcome of each play. A single outcome is an object, several are an array."""
    rows: list[Value] = [
        {**_names(given), "timestamp": given.timestamp, **_ignored(ignored)}
        for given, ignored in plays
    ]
    accepted = sum(ignored is None for _, ignored in plays)
    counts: Answer = {"accepted": accepted, "ignored": len(plays) - accepted}
    return {
        "scrobbles": {"@attr": counts, "scrobble": rows[0] if len(rows) == 1 else rows}
    }


def recent_tracks(
    name: str,
    tracks: Sequence[Track],
    *,
    page: int,
    per_page: int,
    total: int,
    is_extended: bool,
) -> Answer:
    """A page of plays, the latest first; every page begins with the track that is playing."""
    pages = -(-total // per_page)
    counts: Answer = {
        "user": name,
        "page": str(page),
        "perPage": str(per_page),
        "total": str(total),
        "totalPages": str(pages),
    }
    rows = [_extended(one) if is_extended else _track(one) for one in tracks]
    return {"recenttracks": {"@attr": counts, "track": rows}}


def user(person: Person) -> Answer:
    """The owner of a history, with its totals."""
    since = int(person.since.timestamp())
    return {
        "user": {
            "name": person.name,
            "realname": "",
            "url": person.url,
            "playcount": str(person.plays),
            "artist_count": str(person.artists),
            "track_count": str(person.tracks),
            "album_count": str(person.albums),
            "playlists": "0",
            "image": _images(),
            "subscriber": "0",
            "country": "",
            "type": "user",
            "registered": {"unixtime": str(since), "#text": since},
        }
    }


def _names(given: Given) -> Answer:
    return {
        "artist": _uncorrected(given.artist),
        "track": _uncorrected(given.track),
        "album": _uncorrected(given.album),
        "albumArtist": _uncorrected(given.album_artist),
    }


def _uncorrected(name: str) -> Answer:
    return {"corrected": "0", "#text": name}


def _ignored(ignored: Ignored | None) -> Answer:
    if ignored is None:
        return {"ignoredMessage": {"code": "0", "#text": ""}}
    return {"ignoredMessage": {"code": ignored.code, "#text": ignored.words}}


def _track(track: Track) -> Answer:
    return {
        "artist": {"mbid": "", "#text": track.artist},
        "album": {"mbid": "", "#text": track.album},
        **_rest(track),
    }


def _extended(track: Track) -> Answer:
    return {
        "artist": {"name": track.artist, "url": "", "mbid": "", "image": _images()},
        "album": {"mbid": "", "#text": track.album},
        "loved": "1" if track.is_loved else "0",
        **_rest(track),
    }


def _rest(track: Track) -> Answer:
    rest: Answer = {
        "name": track.title,
        "mbid": "",
        "url": "",
        "streamable": "0",
        "image": _images(),
    }
    if track.started_at is None:
        return {"@attr": {"nowplaying": "true"}, **rest}
    at = track.started_at.astimezone(UTC)
    written = f"{at:%d %b %Y, %H:%M}"
    return {**rest, "date": {"uts": str(int(at.timestamp())), "#text": written}}


def _images() -> Value:
    return [{"size": size, "#text": ""} for size in SIZES]
