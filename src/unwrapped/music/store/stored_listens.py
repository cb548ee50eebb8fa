"""Reads stored listens as frames, and writes back changes.

Frames have `records_by_key.KEY` (`recording` by its number), `spelling` (its number within
the recording), `end_reason` (its number), `skipped`, `shuffle`, `length_ms` and `number`;
frames of listens also have `mark`.
"""

from dataclasses import dataclass
from datetime import datetime

import polars as pl
import polars.selectors as cs
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.history.marks.marking import MARK_DTYPE
from unwrapped.music.history.terms import LONG_MS
from unwrapped.music.sources.rows.frame import LOG_DTYPE
from unwrapped.music.store.copying import copy_in, copy_out
from unwrapped.music.store.listener_sql import run
from unwrapped.music.store.models import (
    LOG_CODES,
    LOG_NAMES,
    MARK_CODES,
    MARK_NAMES,
)

MOST_SPANS = 1_000
"""The number of spans above which all listens from the first to the last span are read."""

AT_ONCE = 50_000
"""The number of rows that one statement changes."""

_WRITTEN = pl.Schema(
    {
        "started_at": pl.Int64(),
        "recording": pl.Int32(),
        "spelling": pl.Int32(),
        "ms_played": pl.Int64(),
        "length_ms": pl.Int32(),
        "end_reason": pl.Int32(),
        "log": pl.Int16(),
        "skipped": pl.String(),
        "shuffle": pl.String(),
        "number": pl.Int32(),
        "mark": pl.Int16(),
    }
)

# `date_part` returns a `double precision`, exact to the microsecond up to the year 2106.
# `extract` returns a `numeric`, which would take a third of the time of reading.
_COLUMNS = """(date_part('epoch', started_at) * 1000000)::bigint, recording_id, spelling_id,
    ms_played, length_ms, end_reason_id, log, skipped, shuffle, number"""

_LISTENED = f"SELECT {_COLUMNS}, mark FROM listen WHERE user_id = {{user_id}}"

# OFFSET 0 reads span by span, by the index. Right after an import, the planner expects one
# row of the listener, and would compare each of a million rows with every span.
_AROUND = f"""SELECT near.* FROM (VALUES {{spans}}) AS span (first, last)
CROSS JOIN LATERAL (SELECT {_COLUMNS}, mark FROM listen
    WHERE user_id = {{user_id}} AND started_at BETWEEN first AND last
    AND (ms_played IS NULL OR ms_played <= {LONG_MS}) OFFSET 0) AS near
UNION ALL
SELECT {_COLUMNS}, mark FROM listen
WHERE user_id = {{user_id}} AND ms_played > {LONG_MS}"""

_ALSO = f"SELECT {_COLUMNS}, 0 FROM also_logged WHERE user_id = {{user_id}}"


@dataclass(frozen=True, slots=True)
class StoredListens:
    """The stored listens of one listener; the session must hold the lock of the history."""

    session: AsyncSession
    user_id: int

    async def every(self) -> pl.DataFrame:
        """All listens."""
        return await self._read(_LISTENED.format(user_id=int(self.user_id)))

    async def around(self, spans: pl.DataFrame) -> pl.DataFrame:
        """The listens that start in one of the spans, and all long listens."""
        if spans.is_empty():
            return no_listens()
        if len(spans) > MOST_SPANS:
            spans = spans.select(pl.col("first").min(), pl.col("last").max())
        written = ", ".join(
            f"({_moment(first)}, {_moment(last)})" for first, last in spans.iter_rows()
        )
        return await self._read(
            _AROUND.format(user_id=int(self.user_id), spans=written)
        )

    async def matching(self, condition: str) -> pl.DataFrame:
        """The listens that match a condition (see `selection.Selection`)."""
        query = _LISTENED.format(user_id=int(self.user_id))
        return await self._read(f"{query} AND {condition}")

    async def also_matching(self, condition: str) -> pl.DataFrame:
        """The further records that match a condition."""
        query = _ALSO.format(user_id=int(self.user_id))
        return await self._read(f"{query} AND {condition}")

    async def also_logged(self, spans: pl.DataFrame) -> pl.DataFrame:
        """Further records of listens that start between the first and the last span."""
        if spans.is_empty():
            return no_listens()
        ends = spans.select(pl.col("first").min(), pl.col("last").max())
        first, last = map(_moment, ends.row(0))
        return await self.also_matching(f"started_at BETWEEN {first} AND {last}")

    async def _read(self, query: str) -> pl.DataFrame:
        return _decoded(await copy_out(self.session, query, _WRITTEN))

    async def add(self, listens: pl.DataFrame) -> None:
        """Store new listens, with their marks."""
        await copy_in(self.session, "listen", self._encoded(listens))

    async def add_also(self, records: pl.DataFrame) -> None:
        """Store further records of listens."""
        await copy_in(
            self.session,
            "also_logged",
            self._encoded(records.drop("mark", strict=False)),
        )

    def _encoded(self, records: pl.DataFrame) -> pl.DataFrame:
        return records.select(
            pl.lit(self.user_id, pl.Int64).alias("user_id"),
            "started_at",
            pl.col("recording").alias("recording_id"),
            pl.col("spelling").alias("spelling_id"),
            "ms_played",
            pl.col("length_ms").fill_null(0),
            "number",
            pl.col("end_reason").alias("end_reason_id"),
            pl.col("log").replace_strict(LOG_CODES, return_dtype=pl.Int16),
            "skipped",
            "shuffle",
            cs.by_name("mark", require_all=False)
            .replace_strict(MARK_CODES, return_dtype=pl.Int16)
            .fill_null(0),
        )

    async def mark(self, listens: pl.DataFrame) -> None:
        """Store changed marks of listens."""
        await self._change(_MARK, listens, "mark")

    async def replace(self, listens: pl.DataFrame) -> None:
        """Replace the first records of listens."""
        await self._change(_REPLACE, listens, *_REST, "number")

    async def remove_also(self, records: pl.DataFrame) -> None:
        """Remove further records of listens."""
        await self._change(_REMOVE, records, *_REST)

    async def _change(self, statement: str, rows: pl.DataFrame, *more: str) -> None:
        """Run a statement for rows, with the columns of their key and `more`."""
        if rows.is_empty():
            return
        columns = self._encoded(rows).select(*_KEY, *more)
        for part in columns.iter_slices(AT_ONCE):
            await run(
                self.session, self.user_id, statement, **part.to_dict(as_series=False)
            )


_KEY = ("started_at", "recording_id", "log", "ms_played")

_REST = ("spelling_id", "end_reason_id", "skipped", "shuffle", "length_ms")

_KEYS = """unnest(CAST(:started_at AS timestamptz[]), CAST(:recording_id AS integer[]),
    CAST(:log AS smallint[]), CAST(:ms_played AS integer[]){more})
    AS changed (started_at, recording_id, log, ms_played{names})
WHERE {table}.user_id = :user_id AND {table}.started_at = changed.started_at
    AND {table}.recording_id = changed.recording_id AND {table}.log = changed.log
    AND {table}.ms_played IS NOT DISTINCT FROM changed.ms_played"""

_MARK = "UPDATE listen SET mark = changed.mark FROM " + _KEYS.format(
    table="listen", more=", CAST(:mark AS smallint[])", names=", mark"
)

_REPLACE = """UPDATE listen SET spelling_id = changed.spelling_id,
    length_ms = changed.length_ms, number = changed.number,
    end_reason_id = changed.end_reason_id, skipped = changed.skipped,
    shuffle = changed.shuffle FROM """ + _KEYS.format(
    table="listen",
    more=""", CAST(:spelling_id AS integer[]), CAST(:length_ms AS integer[]),
    CAST(:number AS integer[]), CAST(:end_reason_id AS integer[]),
    CAST(:skipped AS boolean[]), CAST(:shuffle AS boolean[])""",
    names=", spelling_id, length_ms, number, end_reason_id, skipped, shuffle",
)

_REMOVE = (
    "DELETE FROM also_logged USING "
    + _KEYS.format(
        table="also_logged",
        more=""", CAST(:spelling_id AS integer[]), CAST(:end_reason_id AS integer[]),
    CAST(:skipped AS boolean[]), CAST(:shuffle AS boolean[]),
    CAST(:length_ms AS integer[])""",
        names=", spelling_id, end_reason_id, skipped, shuffle, length_ms",
    )
    + """
    AND also_logged.spelling_id = changed.spelling_id
    AND also_logged.length_ms = changed.length_ms
    AND (also_logged.end_reason_id, also_logged.skipped, also_logged.shuffle)
        IS NOT DISTINCT FROM (changed.end_reason_id, changed.skipped, changed.shuffle)"""
)


def no_listens() -> pl.DataFrame:
    """A frame of stored listens without rows."""
    return _decoded(pl.DataFrame(schema=_WRITTEN))


def _decoded(written: pl.DataFrame) -> pl.DataFrame:
    """Convert texts and codes to their values."""
    return written.with_columns(
        pl.col("started_at").cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        pl.col("log").replace_strict(LOG_NAMES, return_dtype=LOG_DTYPE),
        pl.col("length_ms").replace(0, None),
        pl.col("skipped", "shuffle") == "t",
        pl.col("mark").replace_strict(
            {0: None} | {code: mark.value for code, mark in MARK_NAMES.items()},
            return_dtype=MARK_DTYPE,
        ),
    )


def _moment(moment: datetime) -> str:
    """A moment as an SQL expression."""
    return f"timestamptz '{moment.isoformat()}'"
