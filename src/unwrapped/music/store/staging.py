"""Rows on their way into the database: COPY into tables that last for a transaction."""

import asyncio
from collections.abc import AsyncIterator
from itertools import accumulate

import polars as pl
import polars.selectors as cs
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import Unavailable

ROWS_AT_ONCE = 100_000
MESSAGE_BYTES = 8 * 1024 * 1024
"""Of a message of COPY: PostgreSQL closes the connection on one over 1 GiB."""

COPY_SECONDS = 600
"""The driver waits for ever for a server that closed the connection during a COPY."""

STAGED_LISTEN = """CREATE TEMPORARY TABLE staged_listen (
    logged_at timestamptz, recording_id integer, spelling_id integer,
    ms_played integer, end_reason_id integer, source smallint,
    skipped boolean, shuffle boolean, file integer
) ON COMMIT DROP"""

STAGED_SPELLING = """CREATE TEMPORARY TABLE staged_spelling (
    code integer, identity text, artist text, title text, album text,
    artist_key text, title_key text, album_key text, last_logged timestamptz
) ON COMMIT DROP"""

STAGED_ALSO_SPELLED = """CREATE TEMPORARY TABLE staged_also_spelled (
    logged_at timestamptz, recording_id integer, spelling_id integer,
    ms_played integer, source smallint
) ON COMMIT DROP"""


class DatabaseStalled(Unavailable):
    """The database took rows too slowly, or closed the connection meanwhile."""

    code = "database_stalled"


async def stage(
    session: AsyncSession,
    definition: str,
    table: str,
    rows: pl.DataFrame,
    seconds: float = COPY_SECONDS,
) -> None:
    """Create the table and fill it with `rows`, whose columns are named like its own.

    Raises `DatabaseStalled` after `seconds`; the connection is closed then.
    """
    await session.execute(text(definition))
    connection = await session.connection()
    raw = await connection.get_raw_connection()
    driver = raw.driver_connection
    if driver is None:
        raise TypeError("the session has no connection")
    try:
        async with asyncio.timeout(seconds):
            await driver.copy_to_table(
                table, source=csv(rows), columns=rows.columns, format="csv"
            )
    except TimeoutError as error:
        driver.terminate()
        await connection.invalidate()  # else its rollback hides the error
        raise DatabaseStalled(
            f"The database did not take the rows within {seconds:,.0f} seconds."
        ) from error
    await session.execute(text(f"ANALYZE {table}"))


async def csv(rows: pl.DataFrame) -> AsyncIterator[bytes]:
    """The rows as PostgreSQL's CSV: null is nothing, an empty text is quoted."""
    for part in _parts(rows):
        written = part.write_csv(
            include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f+00"
        ).encode()
        for start in range(0, len(written), MESSAGE_BYTES):
            yield written[start : start + MESSAGE_BYTES]


def _parts(rows: pl.DataFrame) -> list[pl.DataFrame]:
    """The rows in parts that have `ROWS_AT_ONCE` rows and `MESSAGE_BYTES` of text, or
    little more."""
    sizes = rows.select(
        pl.sum_horizontal(pl.lit(0), cs.string().str.len_bytes().fill_null(0))
    ).to_series()
    if len(sizes) < len(rows):  # a sum of nothing is one row
        sizes = pl.repeat(0, len(rows), eager=True)
    # Neither term falls from row to row, so that equal sums lie together.
    of_text = sizes.cast(pl.Int64).cum_sum() // MESSAGE_BYTES
    of_rows = pl.int_range(len(rows), eager=True) // ROWS_AT_ONCE
    lengths = (of_text + of_rows).rle().struct.field("len").to_list()
    starts = accumulate(lengths, initial=0)
    return [rows.slice(*part) for part in zip(starts, lengths, strict=False)]
