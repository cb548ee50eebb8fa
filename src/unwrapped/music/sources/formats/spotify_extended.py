"""Spotify's extended streaming history: every play since the account began.

`ts` is the end of the play in UTC, to the second. `offline_timestamp` is ignored: its
unit changed over the years, and it is hours off for some rows. The meaning of `skipped`
changed as well, so measures use `reason_end`.
"""

from collections.abc import Iterator

import msgspec
import polars as pl

from unwrapped.music.sources.file_series import NUMBER, Series
from unwrapped.music.sources.format import ByteReader, Context, Format
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import OTHER_FORM, AsideReason
from unwrapped.music.sources.rows.clean import duration, flag, text
from unwrapped.music.sources.rows.frame import rows_frame
from unwrapped.music.sources.rows.json_array import RowDecoder, read_json_rows
from unwrapped.music.sources.rows.text_pieces import JsonObject
from unwrapped.music.sources.spellings import Spellings

TIME_FORMATS = (
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S UTC",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S%.f",
)

DISTINCTIVE_KEYS = frozenset(
    {
        "ms_played",
        "master_metadata_track_name",
        "master_metadata_album_artist_name",
        "master_metadata_album_album_name",
        "spotify_track_uri",
        "spotify_episode_uri",
        "reason_start",
        "reason_end",
        "conn_country",
        "incognito_mode",
        "offline_timestamp",
    }
)


class _Row(msgspec.Struct, gc=False):
    ts: str | None = None
    ms_played: int | float | None = None
    master_metadata_track_name: str | None = None
    master_metadata_album_artist_name: str | None = None
    master_metadata_album_album_name: str | None = None
    spotify_track_uri: str | None = None
    episode_name: str | None = None
    spotify_episode_uri: str | None = None
    audiobook_title: str | None = None
    audiobook_uri: str | None = None
    reason_end: str | None = None
    skipped: bool | int | str | None = None
    shuffle: bool | int | str | None = None


def _repair(row: JsonObject) -> _Row:
    return _Row(
        ts=text(row.get("ts")),
        ms_played=duration(row.get("ms_played")),
        master_metadata_track_name=text(row.get("master_metadata_track_name")),
        master_metadata_album_artist_name=text(
            row.get("master_metadata_album_artist_name")
        ),
        master_metadata_album_album_name=text(
            row.get("master_metadata_album_album_name")
        ),
        spotify_track_uri=text(row.get("spotify_track_uri")),
        episode_name=text(row.get("episode_name")),
        spotify_episode_uri=text(row.get("spotify_episode_uri")),
        audiobook_title=text(row.get("audiobook_title")),
        audiobook_uri=text(row.get("audiobook_uri")),
        reason_end=text(row.get("reason_end")),
        skipped=flag(row.get("skipped")),
        shuffle=flag(row.get("shuffle")),
    )


_NO_MEMBER, _NO_OBJECT = _Row(), _Row()
_DECODER = RowDecoder(msgspec.json.Decoder(list[_Row]), _repair, _NO_OBJECT)


class SpotifyExtended:
    """Extended streaming history, as JSON."""

    logs = (LogName.SPOTIFY_EXTENDED,)
    stands_among_others = True
    full_rows = None
    series = (
        Series(
            "Streaming_History_Audio_..._",
            rf"Streaming_History_Audio_\d{{4}}(?:-\d{{4}})?(?:_{NUMBER})?",
            LogName.SPOTIFY_EXTENDED,
        ),
        Series(
            "endsong_",
            rf"endsong_{NUMBER}",
            LogName.SPOTIFY_EXTENDED,
            is_in_order=False,
        ),
    )

    def recognises(self, head: Head) -> bool:
        distinctive = head.keys & DISTINCTIVE_KEYS
        return head.is_json_array and ("ts" in head.keys) + len(distinctive) >= 2

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        for rows in read_json_rows(file, _DECODER):
            yield _frame(rows, context.spellings)


FORMAT: Format = SpotifyExtended()


def _frame(rows: list[_Row], spellings: Spellings) -> pl.DataFrame:
    titles = [row.master_metadata_track_name for row in rows]
    return rows_frame(
        log=LogName.SPOTIFY_EXTENDED,
        times=[row.ts for row in rows],
        time_formats=TIME_FORMATS,
        durations=[row.ms_played for row in rows],
        spellings=spellings.codes(
            zip(
                [row.spotify_track_uri for row in rows],
                [row.master_metadata_album_artist_name for row in rows],
                titles,
                [row.master_metadata_album_album_name for row in rows],
                strict=True,
            )
        ),
        asides=[
            None if title else _kind(row)
            for title, row in zip(titles, rows, strict=True)
        ],
        reasons_end=[row.reason_end for row in rows],
        skipped=[row.skipped for row in rows],
        shuffle=[row.shuffle for row in rows],
    )


def _kind(row: _Row) -> str:
    """Why a row without a track is set aside."""
    if row.episode_name or row.spotify_episode_uri:
        return AsideReason.PODCAST
    if row.audiobook_title or row.audiobook_uri:
        return AsideReason.AUDIOBOOK
    if row is _NO_OBJECT:
        return AsideReason.NO_OBJECT
    return OTHER_FORM if row == _NO_MEMBER else AsideReason.NO_TRACK
