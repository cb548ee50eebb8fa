"""Scrobbles of Last.fm as JSON: pages of its API, flat lists, and its own archive.

`track` in the archive has names corrected by Last.fm, as all its other exports do; what
the client sent is in `uncorrectedTrack`. Times are the starts of listens in UTC.
"""

import re
from collections.abc import Iterator

import msgspec
import polars as pl

from unwrapped.music.sources.format import ByteReader, Context, Format
from unwrapped.music.sources.formats.lastfm_table import is_no_history
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.rows.clean import text
from unwrapped.music.sources.rows.json_array import RowDecoder, read_json_rows
from unwrapped.music.sources.rows.json_inside import read_json_inside
from unwrapped.music.sources.rows.json_lines import read_json_lines
from unwrapped.music.sources.rows.peeked import Peeked
from unwrapped.music.sources.rows.scrobbles import scrobbles_frame
from unwrapped.music.sources.rows.text_pieces import JsonObject, JsonValue

PAGES = "track"
LIST = "scrobbles"

KEYS = (
    {"artist", "name", "uts"},  # the API
    {"artist", "name", "nowplaying"},
    {"artist_name", "track_name", "timestamp_unix"},
    {"track", "timestamp", "unixtimestamp"},  # the archive
    {"scrobbles", "track", "artist", "date"},
)
"""The members by which a file is recognised, a set for each tool."""

_PAGE = re.compile(r'"track"\s*:\s*\[|"recenttracks"\s*:')
_ARCHIVE = "unixtimestamp"


class _Named(msgspec.Struct, gc=False):
    text: str | None = msgspec.field(default=None, name="#text")
    name: str | None = None


class _Date(msgspec.Struct, gc=False):
    uts: str | int | None = None
    unixtimestamp: str | int | None = None


class _Track(msgspec.Struct, gc=False):
    name: str | None = None
    artist: _Named | str | None = None


class _Row(msgspec.Struct, gc=False):
    name: str | None = None
    track_name: str | None = None
    track: _Track | str | None = None
    artist: _Named | str | None = None
    artist_name: str | None = None
    album: _Named | str | None = None
    album_name: str | None = None
    date: _Date | str | int | None = None
    timestamp: _Date | str | int | None = None
    timestamp_unix: str | int | None = None


def _named(value: JsonValue) -> _Named | str | None:
    if isinstance(value, dict):
        return _Named(text(value.get("#text")), text(value.get("name")))
    return text(value)


def _date(value: JsonValue) -> _Date | str | None:
    if isinstance(value, dict):
        return _Date(text(value.get("uts")), text(value.get("unixtimestamp")))
    return text(value)


def _track(value: JsonValue) -> _Track | str | None:
    if isinstance(value, dict):
        return _Track(text(value.get("name")), _named(value.get("artist")))
    return text(value)


def _repair(row: JsonObject) -> _Row:
    return _Row(
        name=text(row.get("name")),
        track_name=text(row.get("track_name")),
        track=_track(row.get("track")),
        artist=_named(row.get("artist")),
        artist_name=text(row.get("artist_name")),
        album=_named(row.get("album")),
        album_name=text(row.get("album_name")),
        date=_date(row.get("date")),
        timestamp=_date(row.get("timestamp")),
        timestamp_unix=text(row.get("timestamp_unix")),
    )


_NO_OBJECT = _Row()
_DECODER = RowDecoder(msgspec.json.Decoder(list[_Row]), _repair, _NO_OBJECT)
_LINE = msgspec.json.Decoder(_Row)


class LastfmJson:
    """JSON with tracks and times, in lists, pages, objects or lines."""

    logs = (LogName.LASTFM, LogName.LASTFM_MINUTE)

    def recognises(self, head: Head) -> bool:
        is_json = head.is_json_array or head.is_json_object or head.is_json_lines
        return is_json and any(head.keys >= keys for keys in KEYS)

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        peeked = Peeked(file)
        aside = None
        if _ARCHIVE in peeked.head.keys and is_no_history(file.path):
            aside = AsideReason.NOT_A_PLAY
        for rows in _rows(peeked):
            yield scrobbles_frame(
                [_time(row) for row in rows],
                [(None, *_names(row)) for row in rows],
                context.spellings,
                second=LogName.LASTFM,
                minute=LogName.LASTFM_MINUTE,
                asides=[
                    AsideReason.NO_OBJECT if row is _NO_OBJECT else aside
                    for row in rows
                ],
            )


FORMAT: Format = LastfmJson()


def _rows(file: Peeked) -> Iterator[list[_Row]]:
    head = file.head
    if _ARCHIVE not in head.keys and _PAGE.search(head.text):
        return read_json_inside(file, PAGES, _DECODER)
    if head.is_json_array:
        return read_json_rows(file, _DECODER)
    if LIST in head.keys:
        return read_json_inside(file, LIST, _DECODER)
    return read_json_lines(file, _LINE, _DECODER)


def _time(row: _Row) -> str:
    """The time of a row as text; `""` if it has none, as the track that is playing."""
    date = row.date or row.timestamp or row.timestamp_unix
    if isinstance(date, _Date):
        date = date.uts or date.unixtimestamp
    return "" if date is None else str(date)


def _names(row: _Row) -> tuple[str | None, str | None, str | None]:
    """Artist, title and album."""
    track, artist, album = row.track, row.artist, row.album
    if isinstance(track, _Track):
        artist, track = track.artist, track.name
    if isinstance(artist, _Named):
        artist = artist.text or artist.name
    if isinstance(album, _Named):
        album = album.text or album.name
    return (
        artist or row.artist_name,
        row.name or track or row.track_name,
        album or row.album_name,
    )
