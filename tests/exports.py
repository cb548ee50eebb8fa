"""Builders of streaming exports and of API answers, and histories in a readable form."""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from unwrapped.music.history.building import History, build_history
from unwrapped.music.sources.upload_reading import (
    read_upload,
)

type Row = dict[str, object]

type Played = tuple[str, int | None, str, str]
"""Start (UTC), milliseconds, artist and title of a listen."""


def extended_row(**over: object) -> Row:
    """A row of the extended history with the 23 keys of 2025."""
    row: Row = {
        "ts": "2023-05-01T10:00:00Z",
        "platform": "android",
        "ms_played": 30_000,
        "conn_country": "DE",
        "ip_addr": "192.0.2.1",
        "master_metadata_track_name": "Song",
        "master_metadata_album_artist_name": "Artist",
        "master_metadata_album_album_name": "Album",
        "spotify_track_uri": "spotify:track:1",
        "episode_name": None,
        "episode_show_name": None,
        "spotify_episode_uri": None,
        "audiobook_title": None,
        "audiobook_uri": None,
        "audiobook_chapter_uri": None,
        "audiobook_chapter_title": None,
        "reason_start": "trackdone",
        "reason_end": "trackdone",
        "shuffle": False,
        "skipped": False,
        "offline": False,
        "offline_timestamp": 1_682_935_170,
        "incognito_mode": False,
    }
    return row | over


def track(artist: str, title: str, uri: str | None, **over: object) -> Row:
    """An extended row of a track."""
    return extended_row(
        master_metadata_album_artist_name=artist,
        master_metadata_track_name=title,
        spotify_track_uri=uri,
        **over,
    )


def varied_rows(count: int = 300) -> list[Row]:
    """Extended rows from 2022 on, each five days after the one before.

    They have 23 artists, 41 albums and 53 tracks.
    """
    start = datetime(2022, 1, 1, 20, tzinfo=UTC)
    return [
        track(
            f"Artist {n % 53 % 23}",
            f"Song {n % 53}",
            f"spotify:track:{n % 53}",
            ts=f"{start + timedelta(days=5 * n, minutes=n % 7):%Y-%m-%dT%H:%M:%SZ}",
            master_metadata_album_album_name=f"Album {n % 53 % 41}",
            ms_played=40_000 + 1_000 * (n % 97),
        )
        for n in range(count)
    ]


def account_row(**over: object) -> Row:
    """A row of the account data's `StreamingHistory_music`."""
    row: Row = {
        "endTime": "2023-05-01 10:00",
        "artistName": "Artist",
        "trackName": "Song",
        "msPlayed": 30_000,
    }
    return row | over


def api_row(
    artist: str | None = "Artist",
    title: str | None = "Song",
    uri: str | None = "spotify:track:1",
    played_at: object = "2023-05-01T10:00:00.123Z",
    **over: object,
) -> Row:
    """A play as Spotify's API returns it; `over` replaces members of the track."""
    artists = [{"name": artist, "type": "artist", "uri": "spotify:artist:1"}]
    return {
        "track": {
            "album": {"name": "Album", "artists": artists, "type": "album"},
            "artists": artists,
            "duration_ms": 180_000,
            "is_local": False,
            "name": title,
            "type": "track",
            "uri": uri,
        }
        | over,
        "played_at": played_at,
        "context": None,
    }


def as_json(value: object, indent: int | None = None) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=indent).encode()


def write_json(path: Path, value: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(as_json(value))
    return path


def make_zip(
    entries: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED
) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return packed.getvalue()


def write_zip(path: Path, entries: Mapping[str, bytes]) -> Path:
    path.write_bytes(make_zip(entries))
    return path


def nested_zip(entries: Mapping[str, bytes], depth: int) -> bytes:
    """A zip nested `depth` times, itself counted."""
    packed = make_zip(entries)
    for _ in range(depth - 1):
        packed = make_zip({"inner.zip": packed})
    return packed


def history_of(folder: Path, *files: Sequence[object]) -> History:
    """The history in `folder` after each of `files` was written to it as JSON."""
    for number, rows in enumerate(files):
        write_json(folder / f"{number:03}.json", rows)
    return build_history(read_upload([folder]))


def history_at(*paths: Path) -> History:
    return build_history(read_upload(paths))


def played(history: History) -> list[Played]:
    """The listens of a history, in its order."""
    columns = history.listens.select("started_at", "ms_played", "artist", "title")
    return [
        (_written(start), ms_played, artist, title)
        for start, ms_played, artist, title in columns.iter_rows()
    ]


def _written(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S}"
