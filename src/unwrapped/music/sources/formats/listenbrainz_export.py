"""The export of ListenBrainz: lines of JSON in a zip, or one array in older exports.

`listened_at` is the start of a listen, except from some clients; `additional_info` is
what the client added. Names are used as the client sent them, since their mapping to
MusicBrainz changes.
"""

import math
from collections.abc import Iterator

import msgspec
import polars as pl

from unwrapped.music.sources.format import ByteReader, Context, Format
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import AsideReason
from unwrapped.music.sources.rows.clean import BAD_DURATION, duration, text
from unwrapped.music.sources.rows.frame import LOG_DTYPE, rows_frame, unix_times
from unwrapped.music.sources.rows.json_array import RowDecoder, read_json_rows
from unwrapped.music.sources.rows.json_lines import read_json_lines
from unwrapped.music.sources.rows.peeked import Peeked
from unwrapped.music.sources.rows.text_pieces import JsonObject, JsonValue
from unwrapped.music.sources.scrobble import reports_ends, spotify_uri
from unwrapped.music.sources.spellings import Spelling

KEYS = frozenset({"listened_at", "track_metadata"})

SYNC = "listenbrainz"
"""The client name of ListenBrainz's own imports from services."""

ARCHIVE_IMPORTER = "ListenBrainz Archive Importer"
SPOTIFY = "spotify.com"

type Number = int | float | str | None


class _Info(msgspec.Struct, gc=False):
    submission_client: str | None = None
    original_submission_client: str | None = None
    music_service: str | None = None
    spotify_id: str | None = None
    origin_url: str | None = None
    release_artist_name: str | None = None
    release_artist_names: list[str] | None = None
    duration_ms: Number = None
    duration: Number = None
    duration_played: Number = None
    ms_played: Number = None


class _Metadata(msgspec.Struct, gc=False):
    track_name: str | None = None
    artist_name: str | None = None
    release_name: str | None = None
    additional_info: _Info | None = None


class _Row(msgspec.Struct, gc=False):
    listened_at: int | float | None = None
    track_metadata: _Metadata | None = None


def _repair(row: JsonObject) -> _Row:
    said = _object(row.get("track_metadata"))
    return _Row(
        listened_at=_number(row.get("listened_at")),
        track_metadata=_Metadata(
            track_name=text(said.get("track_name")),
            artist_name=text(said.get("artist_name")),
            release_name=text(said.get("release_name")),
            additional_info=_repaired_info(_object(said.get("additional_info"))),
        ),
    )


def _repaired_info(info: JsonObject) -> _Info:
    names = info.get("release_artist_names")
    return _Info(
        submission_client=text(info.get("submission_client")),
        original_submission_client=text(info.get("original_submission_client")),
        music_service=text(info.get("music_service")),
        spotify_id=text(info.get("spotify_id")),
        origin_url=text(info.get("origin_url")),
        release_artist_name=text(info.get("release_artist_name")),
        release_artist_names=(
            [name for one in names if (name := text(one))]
            if isinstance(names, list)
            else None
        ),
        duration_ms=_number(info.get("duration_ms")),
        duration=_number(info.get("duration")),
        duration_played=_number(info.get("duration_played")),
        ms_played=_number(info.get("ms_played")),
    )


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


def _number(value: JsonValue) -> int | float | None:
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return None
    if isinstance(value, bool):
        return None
    return value if isinstance(value, int | float) else None


_NO_OBJECT = _Row()
_NOTHING, _NO_INFO = _Metadata(), _Info()
_DECODER = RowDecoder(msgspec.json.Decoder(list[_Row]), _repair, _NO_OBJECT)
_LINE = msgspec.json.Decoder(_Row)


class ListenbrainzExport:
    """Listens of ListenBrainz, in lines or in an array."""

    logs = (
        LogName.LISTENBRAINZ,
        LogName.LISTENBRAINZ_ARCHIVE,
        LogName.LISTENBRAINZ_END,
        LogName.LISTENBRAINZ_SPOTIFY,
    )

    def recognises(self, head: Head) -> bool:
        return head.text.lstrip()[:1] in {"{", "["} and head.keys >= KEYS

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        peeked = Peeked(file)
        is_array = peeked.head.is_json_array
        for rows in (
            read_json_rows(peeked, _DECODER)
            if is_array
            else read_json_lines(peeked, _LINE, _DECODER)
        ):
            said = [row.track_metadata or _NOTHING for row in rows]
            infos = [one.additional_info or _NO_INFO for one in said]
            yield rows_frame(
                log=pl.Series([_log(info) for info in infos], dtype=LOG_DTYPE),
                times=unix_times(
                    pl.Series([row.listened_at for row in rows], dtype=pl.Float64)
                ),
                durations=[_ms(info.ms_played, info.duration_played) for info in infos],
                lengths=[_ms(info.duration_ms, info.duration) for info in infos],
                spellings=context.spellings.codes(map(_spelling, said, infos)),
                asides=[
                    AsideReason.NO_OBJECT if row is _NO_OBJECT else None for row in rows
                ],
            )


FORMAT: Format = ListenbrainzExport()


def _log(info: _Info) -> LogName:
    client = info.submission_client or ""
    if info.music_service == SPOTIFY:
        if client == SYNC:
            return LogName.LISTENBRAINZ_SPOTIFY
        if client == ARCHIVE_IMPORTER:
            return LogName.LISTENBRAINZ_ARCHIVE
    if reports_ends(client, info.original_submission_client):
        return LogName.LISTENBRAINZ_END
    return LogName.LISTENBRAINZ


def _spelling(said: _Metadata, info: _Info) -> Spelling:
    """The artist of a Spotify track is that of its album, as in Spotify's exports."""
    artist = said.artist_name
    uri = spotify_uri(info.spotify_id or info.origin_url)
    if uri is not None:
        names = info.release_artist_names
        artist = (names[0] if names else info.release_artist_name) or artist
    return uri, artist, said.track_name, said.release_name


def _ms(milliseconds: Number, seconds: Number) -> int | None:
    """Milliseconds from either member; None if invalid, since clients send anything."""
    if milliseconds is None and seconds is None:
        return None
    number = _number(milliseconds)
    if number is None and (of_seconds := _number(seconds)) is not None:
        number = of_seconds * 1000
    if number is None or not math.isfinite(number):
        return None
    ms = duration(round(number))
    return None if ms == BAD_DURATION else ms
