"""Rows on their way into the database: COPY into tables that last for a transaction."""

from collections.abc import AsyncIterator

import polars as pl
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

ROWS_AT_ONCE = 100_000

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


async def stage(
    session: AsyncSession, definition: str, table: str, rows: pl.DataFrame
) -> None:
    """Create the table and fill it with `rows`, whose columns are named like its own."""
    await session.execute(text(definition))
    raw = await (await session.connection()).get_raw_connection()
    driver = raw.driver_connection
    if driver is None:
        raise TypeError("the session has no connection")
    await driver.copy_to_table(
        table, source=_csv(rows), columns=rows.columns, format="csv"
    )
    await session.execute(text(f"ANALYZE {table}"))


async def _csv(rows: pl.DataFrame) -> AsyncIterator[bytes]:
    """The rows as PostgreSQL's CSV: null is nothing, an empty text is quoted."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows.slice(start, ROWS_AT_ONCE)
        yield part.write_csv(
            include_header=False, datetime_format="%Y-%m-%d %H:%M:%S%.6f+00"
        ).encode()
