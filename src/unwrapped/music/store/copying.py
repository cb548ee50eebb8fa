"""Moves rows into and out of the database with COPY, inside the transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from itertools import accumulate
from typing import Any

import polars as pl
import polars.selectors as cs
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.postgres.session_settings import is_statement_timeout
from unwrapped.music.store.planner_statistics import FEWEST_ROWS

ROWS_AT_ONCE = 100_000
MESSAGE_BYTES = 8 * 1024 * 1024
"""The maximum size of a COPY message; PostgreSQL disconnects at 1 GiB."""

COPY_SECONDS = 600
"""The time limit of a COPY: the driver would wait forever if the server disconnects."""

# A waiting session makes autovacuum give up the table after a second
# (`deadlock_timeout`).
_LOCK = (
    "SET LOCAL lock_timeout = '3s'",
    "LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE",
    "SET LOCAL lock_timeout = DEFAULT",
)


class DatabaseStalled(Unavailable):
    """The database moved rows too slowly, or the connection was lost during a COPY."""

    code = "database_stalled"


async def copy_in(
    session: AsyncSession, table: str, rows: pl.DataFrame, seconds: float = COPY_SECONDS
) -> None:
    """Add `rows`, whose columns are named like those of the table.

    Raises `DatabaseStalled` after `seconds`; the connection is closed then.
    """
    if rows.is_empty():
        return
    async with _copying(session, seconds) as driver:
        await driver.copy_to_table(
            table, source=csv(rows), columns=rows.columns, format="csv"
        )


async def copy_in_dictionary(
    session: AsyncSession, table: str, rows: pl.DataFrame
) -> None:
    """Like `copy_in`, into a dictionary that later rows of the transaction refer to.

    After many rows, the statistics of the planner are updated: it may take the table for
    empty, and each foreign key check would then read all rows of the listener. The table is
    locked against VACUUM and ANALYZE until the transaction ends, since they would find it
    empty again. If another import has locked it, the statistics stay as they are.
    """
    await copy_in(session, table, rows)
    if len(rows) < FEWEST_ROWS:
        return
    try:
        async with session.begin_nested():
            for statement in _LOCK:
                await session.execute(text(statement.format(table=table)))
    except DBAPIError as error:
        if not is_statement_timeout(error):
            raise
    else:
        await session.execute(text(f"ANALYZE {table}"))


async def copy_out(
    session: AsyncSession, query: str, schema: pl.Schema, seconds: float = COPY_SECONDS
) -> pl.DataFrame:
    """The rows of a query whose columns are numbers or booleans.

    Booleans become the texts `t` and `f`. Raises as `copy_in` does.
    """
    written = BytesIO()
    async with _copying(session, seconds) as driver:
        await driver.copy_from_query(query, output=written, format="csv")
    if not written.tell():
        return pl.DataFrame(schema=schema)
    return pl.read_csv(written.getvalue(), has_header=False, schema=schema)


@asynccontextmanager
async def _copying(session: AsyncSession, seconds: float) -> AsyncIterator[Any]:
    """The driver's connection of the session, for at most `seconds`."""
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if driver is None:
        raise TypeError("the session has no connection")
    try:
        async with asyncio.timeout(seconds):
            yield driver
    except TimeoutError as error:
        driver.terminate()
        await connection.invalidate()  # otherwise the rollback raises another error
        raise DatabaseStalled(
            f"The database did not move the rows within {seconds:,.0f} seconds."
        ) from error


async def csv(rows: pl.DataFrame) -> AsyncIterator[bytes]:
    """The rows as PostgreSQL's CSV: null is empty, an empty text is quoted."""
    for part in _parts(rows):
        written = part.write_csv(
            include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f+00"
        ).encode()
        for start in range(0, len(written), MESSAGE_BYTES):
            yield written[start : start + MESSAGE_BYTES]


def _parts(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The rows in parts of about `ROWS_AT_ONCE` rows and `MESSAGE_BYTES` of text."""
    if len(rows) <= ROWS_AT_ONCE and rows.estimated_size() <= MESSAGE_BYTES:
        return [rows]
    size = pl.sum_horizontal(pl.lit(0), cs.string().str.len_bytes().fill_null(0))
    sizes = rows.with_columns(size.alias("size"))["size"]
    # Neither term decreases from row to row, so rows with equal sums are adjacent.
    of_text = sizes.cast(pl.Int64).cum_sum() // MESSAGE_BYTES
    of_rows = pl.int_range(len(rows), eager=True) // ROWS_AT_ONCE
    lengths = (of_text + of_rows).rle().struct.field("len").to_list()
    starts = accumulate(lengths, initial=0)
    return [rows.slice(*part) for part in zip(starts, lengths, strict=False)]
