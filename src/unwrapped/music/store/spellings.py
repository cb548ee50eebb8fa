"""Reads stored spellings of recordings as frames, and writes back changes."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.store.copying import copy_in_dictionary
from unwrapped.music.store.listener_sql import run

AT_ONCE = 50_000
"""The number of rows that one statement changes."""

SPELLED = pl.Schema(
    {
        "recording": pl.Int32(),
        "spelling": pl.Int32(),
        "identity": pl.String(),
        "artist": pl.String(),
        "title": pl.String(),
        "album": pl.String(),
        "artist_key": pl.String(),
        "title_key": pl.String(),
        "album_key": pl.String(),
        "last_started": pl.Datetime("us", "UTC"),
        "track_id": pl.Int32(),
        "album_id": pl.Int32(),
        "shown_artist": pl.String(),
        "shown_title": pl.String(),
        "shown_album": pl.String(),
    }
)
"""A spelling, and the names with which it is shown (null if it is not stored yet)."""

_SELECT = """SELECT spelling.recording_id, spelling.id, recording.identity,
    spelling.artist, spelling.title, spelling.album,
    spelling.artist_key, spelling.title_key, spelling.album_key, spelling.last_started,
    recording.track_id, spelling.album_id,
    artist.name, track.title, album.name
FROM {recordings}
JOIN spelling ON spelling.user_id = :user_id AND spelling.recording_id = recording.id
JOIN track ON track.user_id = :user_id AND track.id = recording.track_id
JOIN artist ON artist.user_id = :user_id AND artist.id = track.artist_id
LEFT JOIN album ON album.user_id = :user_id AND album.id = spelling.album_id
WHERE recording.user_id = :user_id"""

_EVERY = _SELECT.format(recordings="recording")

_OF_RECORDINGS = (
    _SELECT.format(recordings="recording")
    + " AND recording.id = ANY(CAST(:recordings AS integer[]))"
)

_OF_ARTISTS = (
    _SELECT.format(recordings="recording")
    + """ AND recording.track_id = ANY(ARRAY(
    SELECT named.id FROM track AS named
    JOIN artist AS shown ON shown.user_id = :user_id AND shown.id = named.artist_id
    WHERE named.user_id = :user_id
    AND shown.public_id = ANY(CAST(:artists AS text[]))))"""
)


@dataclass(frozen=True, slots=True)
class StoredSpellings:
    """The spellings of one listener; the session must hold the lock of the history."""

    session: AsyncSession
    user_id: int

    async def every(self) -> pl.DataFrame:
        """All spellings (`SPELLED`)."""
        return await self._read(_EVERY)

    async def of_recordings(self, recordings: pl.Series) -> pl.DataFrame:
        """All spellings of these recordings."""
        if recordings.is_empty():
            return pl.DataFrame(schema=SPELLED)
        return await self._read(_OF_RECORDINGS, recordings=recordings.to_list())

    async def of_artists(self, public_ids: Sequence[str]) -> pl.DataFrame:
        """All spellings of the recordings that are shown under these artists."""
        return await self._read(_OF_ARTISTS, artists=list(public_ids))

    async def _read(self, query: str, **parameters: object) -> pl.DataFrame:
        rows = await run(self.session, self.user_id, query, **parameters)
        return pl.DataFrame(map(tuple, rows), schema=SPELLED, orient="row")

    async def date(self, before: pl.DataFrame, after: pl.DataFrame) -> None:
        """Store the starts of the latest listens of stored spellings."""
        was = before.select(*_PLACE, pl.col("last_started").alias("was_last"))
        dated = after.join(was, on=_PLACE).filter(
            pl.col("last_started") != pl.col("was_last")
        )
        await self._change(_DATE, dated, {"moments": dated["last_started"]})

    async def store(self, before: pl.DataFrame, after: pl.DataFrame) -> None:
        """Store the changes of spellings and of their recordings.

        New recordings must have been stored, with their tracks.
        """
        owner = pl.lit(self.user_id, pl.Int64).alias("user_id")
        fresh = after.join(before, on=_PLACE, how="anti").sort(_PLACE)
        columns = ("artist", "title", "album", "artist_key", "title_key", "album_key")
        await copy_in_dictionary(
            self.session,
            "spelling",
            fresh.select(
                owner,
                pl.col("recording").alias("recording_id"),
                pl.col("spelling").alias("id"),
                *columns,
                "album_id",
                "last_started",
            ),
        )
        if before.is_empty():
            return
        await self.date(before, after)
        stored = after.join(
            before.select(*_PLACE, pl.col("album_id", *_KEYS).name.prefix("old_")),
            on=_PLACE,
        )
        albums = stored.filter(_differs("album_id"))
        await self._change(_SHOW_ALBUM, albums, {"albums": albums["album_id"]})
        keyed = stored.filter(pl.any_horizontal(map(_differs, _KEYS)))
        await self._change(_KEY, keyed, {f"{name}s": keyed[name] for name in _KEYS})
        await self._move(before, after)
        gone = before.join(after, on=_PLACE, how="anti")
        await self._change(_REMOVE, gone, {})
        lost = before.join(after, on="recording", how="anti")["recording"].unique()
        if not lost.is_empty():
            await run(self.session, self.user_id, _FORGET, recordings=lost.to_list())

    async def _move(self, before: pl.DataFrame, after: pl.DataFrame) -> None:
        """Store the tracks of recordings that now count as others."""
        old = before.select("recording", pl.col("track_id").alias("old")).unique()
        tracks = (
            after.select("recording", "track_id").unique().join(old, on="recording")
        )
        moved = tracks.filter(pl.col("track_id") != pl.col("old"))
        for start in range(0, len(moved), AT_ONCE):
            part = moved.slice(start, AT_ONCE)
            await run(
                self.session,
                self.user_id,
                _MOVE,
                recordings=part["recording"].to_list(),
                tracks=part["track_id"].to_list(),
            )

    async def _change(
        self, statement: str, rows: pl.DataFrame, values: dict[str, pl.Series]
    ) -> None:
        places = {"recordings": rows["recording"], "spellings": rows["spelling"]}
        for start in range(0, len(rows), AT_ONCE):
            parameters = {
                name: column.slice(start, AT_ONCE).to_list()
                for name, column in (places | values).items()
            }
            await run(self.session, self.user_id, statement, **parameters)


_PLACE = ["recording", "spelling"]

_KEYS = ("artist_key", "title_key", "album_key")


def _differs(name: str) -> pl.Expr:
    return pl.col(name).ne_missing(pl.col(f"old_{name}"))


_CHANGED = """unnest(CAST(:recordings AS integer[]), CAST(:spellings AS integer[]){more})
    AS changed (recording_id, id{names})
WHERE spelling.user_id = :user_id AND spelling.recording_id = changed.recording_id
    AND spelling.id = changed.id"""

_DATE = "UPDATE spelling SET last_started = changed.moment FROM " + _CHANGED.format(
    more=", CAST(:moments AS timestamptz[])", names=", moment"
)

_SHOW_ALBUM = "UPDATE spelling SET album_id = changed.album_id FROM " + _CHANGED.format(
    more=", CAST(:albums AS integer[])", names=", album_id"
)

_KEY = """UPDATE spelling SET artist_key = changed.artist_key,
    title_key = changed.title_key, album_key = changed.album_key FROM """ + _CHANGED.format(
    more=", CAST(:artist_keys AS text[]), CAST(:title_keys AS text[]),"
    " CAST(:album_keys AS text[])",
    names=", artist_key, title_key, album_key",
)

_REMOVE = "DELETE FROM spelling USING " + _CHANGED.format(more="", names="")

_MOVE = """UPDATE recording SET track_id = changed.track_id
FROM unnest(CAST(:recordings AS integer[]), CAST(:tracks AS integer[]))
    AS changed (id, track_id)
WHERE recording.user_id = :user_id AND recording.id = changed.id"""

_FORGET = """DELETE FROM recording WHERE user_id = :user_id
AND id = ANY(CAST(:recordings AS integer[]))"""
