"""Rows are copied in messages of limited size, and within limited time."""

import asyncio

import polars as pl
import pytest
from sqlalchemy import text

from unwrapped.core.process_resources import Resources
from unwrapped.music.store.copying import (
    MESSAGE_BYTES,
    DatabaseStalled,
    copy_in,
    csv,
)

HANG = 20.0


async def test_messages_are_cut_by_bytes() -> None:
    rows = pl.DataFrame({"n": range(6_000), "name": ['"é' * 1_000] * 6_000})
    messages = [message async for message in csv(rows)]
    assert max(map(len, messages)) <= MESSAGE_BYTES
    assert pl.read_csv(b"".join(messages), has_header=False).equals(
        rows.rename({"n": "column_0", "name": "column_1"})
    )


async def test_rows_of_numbers_are_cut_too() -> None:
    rows = pl.DataFrame({"n": range(250_000)})
    messages = [message async for message in csv(rows)]
    assert len(messages) == 3
    assert b"".join(messages).count(b"\n") == 250_000


async def test_no_rows_are_no_message() -> None:
    assert [message async for message in csv(pl.DataFrame({"n": []}))] == []


async def test_a_copy_that_the_database_does_not_accept_is_given_up(
    cloned_resources: Resources,
) -> None:
    """Another transaction has locked the table, so the server does not respond."""
    database = cloned_resources.database
    rows = pl.DataFrame({"n": [1]})
    async with database.session() as session:
        await session.execute(text("CREATE TABLE taken (n integer)"))
    async with asyncio.timeout(HANG), database.session() as other:
        await other.execute(text("LOCK TABLE taken"))
        with pytest.raises(DatabaseStalled, match="did not move the rows within 0"):
            async with database.session() as session:
                await copy_in(session, "taken", rows, seconds=0.3)
    async with asyncio.timeout(HANG), database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM taken")) == 0
