"""Reads stored listens as a frame: as Arrow from PostgreSQL, with names."""

from dataclasses import dataclass

import polars as pl
from adbc_driver_postgresql import dbapi

from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.session_settings import JOIN_BY_HASH, SessionSettings
from unwrapped.music.history.shown_names import LISTEN_COLUMNS, as_enum, sort_listens
from unwrapped.music.sources.rows.frame import LOG_DTYPE
from unwrapped.music.store.models import LOG_NAMES

ONE_SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

TYPES = {"adbc.postgresql.type_resolver_mode": "builtin"}
"""All types that are read are built into PostgreSQL. Without this option, the driver reads
the columns of all tables for each connection, which takes 50 ms."""

_LISTENS = """SELECT recording_id, spelling_id, started_at, ms_played, end_reason_id, log,
    skipped, shuffle
FROM listen WHERE user_id = {user_id} AND mark = 0"""

# Recordings are numbered in the order of their identities, as in `spellings_frame`.
_SPELLINGS = """SELECT spelling.recording_id, spelling.id AS spelling_id,
    track.id AS track,
    dense_rank() OVER (ORDER BY identity COLLATE "C") AS recording,
    artist.name AS artist, track.title, album.name AS album
FROM recording
JOIN spelling ON spelling.user_id = recording.user_id
    AND spelling.recording_id = recording.id
JOIN track ON track.user_id = recording.user_id AND track.id = recording.track_id
JOIN artist ON artist.user_id = track.user_id AND artist.id = track.artist_id
LEFT JOIN album ON album.user_id = recording.user_id AND album.id = spelling.album_id
WHERE recording.user_id = {user_id}"""

# Only recordings with a URI and several spellings have keys besides those of their shown
# names.
_RESPELLED = """SELECT spelled.recording_id, artist_key, title_key, album_key
FROM (SELECT recording_id, artist_key, title_key, album_key,
        count(*) OVER (PARTITION BY recording_id) AS spellings
    FROM spelling WHERE user_id = {user_id}) AS spelled
JOIN recording ON recording.user_id = {user_id} AND recording.id = spelled.recording_id
WHERE spellings > 1 AND identity <> artist_key || chr(31) || title_key"""

_REASONS = "SELECT id, reason FROM end_reason WHERE user_id = {user_id}"


_STATE = "SELECT version, rules, next_number FROM history WHERE user_id = {user_id}"


def read_listens(
    address: DatabaseAddress,
    user_id: int,
    snapshot: str | None = None,
    sessions: SessionSettings = SessionSettings(),
) -> pl.DataFrame:
    """The listens of a history that count (`history.shown_names.LISTEN_COLUMNS`).

    Blocks while it reads, as `read_history` does.
    """
    return read_history(address, user_id, snapshot, sessions).listens.select(
        LISTEN_COLUMNS
    )


@dataclass(frozen=True, slots=True)
class StoredHistory:
    """A stored history, as of one moment."""

    state: tuple[int, str, int] | None
    """The version, the rules and the next number; None if nothing was ever stored."""

    listens: pl.DataFrame
    """The listens that count (`history.shown_names.LISTEN_COLUMNS`), with their
    `recording_id`.
    """

    respelled: pl.DataFrame
    """`recording_id` and the keys (`artist_key`, `title_key`, `album_key`) of all spellings
    of the recordings with a URI and several spellings."""


def read_history(
    address: DatabaseAddress,
    user_id: int,
    snapshot: str | None = None,
    sessions: SessionSettings = SessionSettings(),
) -> StoredHistory:
    """Read a history with its names. Blocks while it reads.

    All of it is read in one snapshot, also while an import is being merged: in a new one,
    or in that of another transaction, named as `pg_export_snapshot` returned it.
    """
    with (
        dbapi.connect(address.for_adbc(), TYPES) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute(ONE_SNAPSHOT)
        if snapshot is not None:
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        # The settings of the engine do not apply to this connection.
        cursor.execute(sessions.statement)
        cursor.execute(JOIN_BY_HASH)

        def read(statement: str) -> pl.DataFrame:
            cursor.execute(statement.format(user_id=int(user_id)))
            return pl.DataFrame(cursor.fetch_arrow())

        state = read(_STATE)
        listens, spellings, reasons = read(_LISTENS), read(_SPELLINGS), read(_REASONS)
        respelled = read(_RESPELLED)
    key = ["recording_id", "spelling_id"]
    named = sort_listens(
        _decoded(listens, reasons), _typed(spellings), key, kept=["recording_id"]
    )
    return StoredHistory(state.row(0) if len(state) else None, named, respelled)


def _decoded(listens: pl.DataFrame, reasons: pl.DataFrame) -> pl.DataFrame:
    """The listens with names of logs and words for ends in place of their numbers."""
    words = dict(reasons.iter_rows())
    return listens.with_columns(
        pl.col("ms_played").cast(pl.Int64),
        pl.col("log").replace_strict(LOG_NAMES, return_dtype=LOG_DTYPE),
        pl.col("end_reason_id")
        # Without words, only a default changes the type of the column.
        .replace_strict(
            words, default=None, return_dtype=pl.Enum(sorted(words.values()))
        )
        .alias("reason_end"),
    )


def _typed(spellings: pl.DataFrame) -> pl.DataFrame:
    return spellings.with_columns(
        pl.col("track").cast(pl.UInt32),
        pl.col("recording").cast(pl.UInt32),
        *(as_enum(spellings[name]) for name in ("artist", "title", "album")),
    )
