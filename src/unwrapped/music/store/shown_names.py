"""Updates the tables of shown artists, tracks and albums."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.public_ids import public_id
from unwrapped.music.history.shown_names import Names
from unwrapped.music.store.copying import copy_in_dictionary
from unwrapped.music.store.listener_sql import run

AT_ONCE = 50_000
"""The number of rows that one statement looks up or changes."""

_SHOWN = pl.Schema({"id": pl.Int32(), "public_id": pl.String(), "shown": pl.String()})

_ALL_ARTISTS = "SELECT id, public_id, name FROM artist WHERE user_id = :user_id"

_ARTISTS = _ALL_ARTISTS + " AND public_id = ANY(CAST(:public_ids AS text[]))"

_UNDER = """SELECT id, public_id, {name} FROM {table}
WHERE user_id = :user_id AND artist_id = ANY(CAST(:artists AS integer[]))"""

_LAST = "SELECT coalesce(max(id), 0) AS last FROM {table} WHERE user_id = :user_id"

_RENAME = """UPDATE {table} SET {name} = changed.shown
FROM unnest(CAST(:ids AS integer[]), CAST(:names AS text[])) AS changed (id, shown)
WHERE {table}.user_id = :user_id AND {table}.id = changed.id"""

_DROP = """DELETE FROM {table} WHERE user_id = :user_id
AND id = ANY(CAST(:ids AS integer[]))"""


@dataclass(frozen=True, slots=True)
class Synced:
    """The numbers of shown names, by key, and of names no longer shown."""

    tracks: pl.DataFrame
    """`artist_key`, `title_key` and `id`."""

    albums: pl.DataFrame
    """`artist_key`, `album_key` and `id`."""

    gone: dict[str, list[int]]
    """The numbers of names no longer shown, by table, in the order of their removal."""


@dataclass(frozen=True, slots=True)
class ShownNames:
    """Brings the tables of shown names in line.

    The session must hold the lock of the history.
    """

    session: AsyncSession
    user_id: int

    async def bring_in_line(
        self, names: Names, artists: Sequence[str] | None
    ) -> Synced:
        """Store new names and new spellings of names.

        `names` has all that is to be shown under `artists`, which are public ids; None
        means all artists.
        """
        if artists is None:
            stored = _frame(await run(self.session, self.user_id, _ALL_ARTISTS))
        else:
            stored = await self._read(_ARTISTS, "public_ids", artists)
        shown, lost = await self._sync("artist", "name", names.artists, stored)
        under = stored["id"].to_list()  # new artists have nothing yet
        by_artist = shown.select("artist_key", pl.col("id").alias("artist_id"))
        tracks, lost_tracks = await self._sync(
            "track",
            "title",
            names.tracks.join(by_artist, on="artist_key"),
            await self._read(
                _UNDER.format(table="track", name="title"), "artists", under
            ),
        )
        albums, lost_albums = await self._sync(
            "album",
            "name",
            names.albums.join(by_artist, on="artist_key"),
            await self._read(
                _UNDER.format(table="album", name="name"), "artists", under
            ),
        )
        gone = {"track": lost_tracks, "album": lost_albums, "artist": lost}
        return Synced(tracks, albums, gone)

    async def drop(self, synced: Synced) -> None:
        """Remove the names that are no longer shown; no row may refer to them any more."""
        for table, ids in synced.gone.items():
            for start in range(0, len(ids), AT_ONCE):
                await run(
                    self.session,
                    self.user_id,
                    _DROP.format(table=table),
                    ids=ids[start : start + AT_ONCE],
                )

    async def _read(
        self, query: str, name: str, values: Sequence[object]
    ) -> pl.DataFrame:
        parts = [pl.DataFrame(schema=_SHOWN)]
        for start in range(0, len(values), AT_ONCE):
            rows = await run(
                self.session,
                self.user_id,
                query,
                **{name: values[start : start + AT_ONCE]},
            )
            parts.append(_frame(rows))
        return pl.concat(parts)

    async def _sync(
        self, table: str, name: str, wanted: pl.DataFrame, stored: pl.DataFrame
    ) -> tuple[pl.DataFrame, list[int]]:
        """The keys of `wanted` with `id`, and the numbers of stored names not in it."""
        keys = [column for column in wanted.columns if column.endswith("_key")]
        ids = [public_id(*row) for row in wanted.select(keys).iter_rows()]
        wanted = wanted.with_columns(pl.Series("public_id", ids, pl.String))
        found = wanted.join(stored, on="public_id", how="left", maintain_order="left")
        if found["id"].null_count():
            last = (await run(self.session, self.user_id, _LAST.format(table=table)))[0]
            given = (pl.col("id").is_null().cum_sum() + last[0]).cast(pl.Int32)
            found = found.sort(keys).with_columns(pl.coalesce("id", given).alias("id"))
            await self._add(table, name, found.filter(pl.col("shown").is_null()))
        renamed = found.filter(pl.col(name) != pl.col("shown"))
        for start in range(0, len(renamed), AT_ONCE):
            part = renamed.slice(start, AT_ONCE)
            await run(
                self.session,
                self.user_id,
                _RENAME.format(table=table, name=name),
                ids=part["id"].to_list(),
                names=part[name].to_list(),
            )
        lost = stored.join(wanted, on="public_id", how="anti")["id"].to_list()
        return found.select(*keys, "id"), lost

    async def _add(self, table: str, name: str, rows: pl.DataFrame) -> None:
        columns = [column for column in ("artist_id", name) if column in rows.columns]
        owner = pl.lit(self.user_id, pl.Int64).alias("user_id")
        await copy_in_dictionary(
            self.session, table, rows.select(owner, "id", "public_id", *columns)
        )


def _frame(rows: list[Row[Any]]) -> pl.DataFrame:
    return pl.DataFrame(map(tuple, rows), schema=_SHOWN, orient="row")
