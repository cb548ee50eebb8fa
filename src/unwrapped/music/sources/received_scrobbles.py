"""Scrobbles that clients reported to this server, as frames."""

from collections import Counter
from collections.abc import Sequence

import polars as pl

from unwrapped.music.sources.logs import log_received
from unwrapped.music.sources.reading import HistoryFile, labelled, without_aside
from unwrapped.music.sources.rows.frame import LOG_DTYPE, rows_frame, unix_times
from unwrapped.music.sources.scrobble import Scrobble, reports_ends
from unwrapped.music.sources.spellings import Spelling, Spellings
from unwrapped.music.sources.upload_reading import Upload

STARTS, ENDS = log_received("start"), log_received("near_end")
PATH = "scrobbles"
"""The name of received scrobbles in books, in place of a path."""


def read_received(scrobbles: Sequence[Scrobble]) -> Upload:
    """The scrobbles in the form of an upload."""
    spellings = Spellings()
    times = pl.Series([one.listened_at for one in scrobbles], dtype=pl.Float64)
    logs = [ENDS if reports_ends(one.client) else STARTS for one in scrobbles]
    rows = rows_frame(
        log=pl.Series(logs, dtype=LOG_DTYPE),
        times=unix_times(times),
        durations=[one.ms_played for one in scrobbles],
        lengths=[one.length_ms for one in scrobbles],
        spellings=spellings.codes(_spelling(one) for one in scrobbles),
        asides=[None] * len(scrobbles),
    )
    kept, aside = without_aside(rows)
    counted: Counter[str] = sum(map(Counter, aside.values()), Counter())
    file = HistoryFile(PATH, STARTS.value, len(rows))
    return Upload(labelled(kept, 0), {0: dict(counted)}, spellings, [file], [])


def _spelling(scrobble: Scrobble) -> Spelling:
    """The artist of a Spotify track is that of its album, as in Spotify's exports."""
    artist = scrobble.artist
    if scrobble.uri is not None:
        artist = scrobble.album_artist or artist
    return scrobble.uri, artist, scrobble.title, scrobble.album
