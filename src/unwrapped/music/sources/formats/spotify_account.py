"""The history in Spotify's account data: about one year, without URIs and albums.

`endTime` is the end of the play in UTC, cut to the minute. Podcasts and audiobooks have
files of the same form; these are read, and their rows are counted as set aside.
"""

from collections.abc import Iterator

import msgspec
import polars as pl

from unwrapped.music.sources.file_series import NUMBER, Series
from unwrapped.music.sources.format import ByteReader, Context, Format
from unwrapped.music.sources.head import Head
from unwrapped.music.sources.logs import LogName
from unwrapped.music.sources.reasons import OTHER_FORM, AsideReason
from unwrapped.music.sources.rows.clean import duration, text
from unwrapped.music.sources.rows.frame import rows_frame
from unwrapped.music.sources.rows.json_array import RowDecoder, read_json_rows
from unwrapped.music.sources.rows.text_pieces import JsonObject

TIME_FORMATS = (
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%SZ",
    "%Y-%m-%dT%H:%M:%S%.f",
)

DISTINCTIVE_KEYS = frozenset(
    {"artistName", "trackName", "podcastName", "episodeName", "audiobookName"}
)


class _Row(msgspec.Struct, gc=False):
    end_time: str | None = msgspec.field(default=None, name="endTime")
    ms_played: int | float | None = msgspec.field(default=None, name="msPlayed")
    artist_name: str | None = msgspec.field(default=None, name="artistName")
    track_name: str | None = msgspec.field(default=None, name="trackName")
    podcast_name: str | None = msgspec.field(default=None, name="podcastName")
    episode_name: str | None = msgspec.field(default=None, name="episodeName")
    audiobook_name: str | None = msgspec.field(default=None, name="audiobookName")


def _repair(row: JsonObject) -> _Row:
    return _Row(
        end_time=text(row.get("endTime")),
        ms_played=duration(row.get("msPlayed")),
        artist_name=text(row.get("artistName")),
        track_name=text(row.get("trackName")),
        podcast_name=text(row.get("podcastName")),
        episode_name=text(row.get("episodeName")),
        audiobook_name=text(row.get("audiobookName")),
    )


_NO_MEMBER, _NO_OBJECT = _Row(), _Row()
_DECODER = RowDecoder(msgspec.json.Decoder(list[_Row]), _repair, _NO_OBJECT)


class SpotifyAccount:
    """The `StreamingHistory` files of the account data, as JSON."""

    logs = (LogName.SPOTIFY_ACCOUNT,)
    stands_among_others = True
    full_rows = 10_000
    series = tuple(
        Series(stem, rf"{stem}{NUMBER}", LogName.SPOTIFY_ACCOUNT)
        for stem in ("StreamingHistory", "StreamingHistory_music_")
    )

    def recognises(self, head: Head) -> bool:
        timed = head.keys & {"endTime", "msPlayed"}
        return head.is_json_array and bool(timed and head.keys & DISTINCTIVE_KEYS)

    def read(self, file: ByteReader, context: Context) -> Iterator[pl.DataFrame]:
        for rows in read_json_rows(file, _DECODER):
            yield rows_frame(
                log=LogName.SPOTIFY_ACCOUNT,
                times=[row.end_time for row in rows],
                time_formats=TIME_FORMATS,
                durations=[row.ms_played for row in rows],
                spellings=context.spellings.codes(
                    (None, row.artist_name, row.track_name, None) for row in rows
                ),
                asides=[None if row.track_name else _kind(row) for row in rows],
            )


FORMAT: Format = SpotifyAccount()


def _kind(row: _Row) -> str:
    """Why a row without a track is set aside."""
    if row.podcast_name or row.episode_name:
        return AsideReason.PODCAST
    if row.audiobook_name:
        return AsideReason.AUDIOBOOK
    if row is _NO_OBJECT:
        return AsideReason.NO_OBJECT
    return OTHER_FORM if row == _NO_MEMBER else AsideReason.NO_TRACK
