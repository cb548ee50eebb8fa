"""The other files of Spotify's account data, with obviously made-up content."""

from examples.fictional_music import artist, track

type Json = str | int | bool | list[Json] | dict[str, Json] | None

_TRACKS = [track(artist(number), number % 5) for number in range(3, 15)]


def personal_files() -> dict[str, Json]:
    """The contents of files by name; none of them is a listening history."""
    return {
        "Userdata.json": _userdata(),
        "Playlist1.json": _playlists(),
        "YourLibrary.json": _library(),
        "SearchQueries.json": _searches(),
        "Inferences.json": {"inferences": ["demographic_made_up", "interest_nothing"]},
        "Marquee.json": [
            {"artistName": song.artist, "segment": "Previously Active Listeners"}
            for song in _TRACKS[:4]
        ],
    }


def _userdata() -> Json:
    return {
        "username": "listener",
        "email": "listener@example.invalid",
        "country": "DE",
        "createdFromFacebook": False,
        "birthdate": "1900-01-01",
        "gender": "not said",
        "creationTime": "2010-01-01",
    }


def _playlists() -> Json:
    items: list[Json] = [
        {
            "track": {
                "trackName": song.title,
                "artistName": song.artist,
                "albumName": song.album,
                "trackUri": song.uri,
            },
            "episode": None,
            "localTrack": None,
            "addedDate": "2024-01-01",
        }
        for song in _TRACKS
    ]
    return {"playlists": [{"name": "Made-up songs", "items": items}]}


def _library() -> Json:
    return {
        "tracks": [
            {
                "artist": song.artist,
                "album": song.album,
                "track": song.title,
                "uri": song.uri,
            }
            for song in _TRACKS
        ],
        "albums": [],
        "shows": [],
        "episodes": [],
        "bannedTracks": [],
        "artists": [],
        "other": [],
    }


def _searches() -> Json:
    return [
        {
            "platform": "ANDROID",
            "searchTime": f"2025-01-0{day}T12:00:00Z[UTC]",
            "searchQuery": song.artist,
            "searchInteractionURIs": [song.uri],
        }
        for day, song in enumerate(_TRACKS[:5], start=1)
    ]
