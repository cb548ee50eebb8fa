"""Connecting to the one of several servers that accepts writes."""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from tests.servers import listening, refusing
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.connecting import connect


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A server that hangs."""
    await reader.read()
    writer.close()


def behind(server: DatabaseAddress, port: int) -> DatabaseAddress:
    """Several servers: one at a port, and the one that is there."""
    others = ((server.host, server.port),)
    return replace(server, host="127.0.0.1", port=port, others=others)


@pytest.mark.parametrize("first", [refusing("57P03"), silent])
async def test_a_server_that_is_away_is_passed_over(
    first: Any, server: DatabaseAddress
) -> None:
    async with listening(first) as port, asyncio.timeout(5):
        connection = await connect(behind(server, port))
        assert await connection.fetchval("SELECT 1") == 1
        await connection.close()


async def test_the_error_of_a_server_is_raised_rather_than_that_of_a_missing_one(
    clone: DatabaseAddress,
) -> None:
    nowhere = clone.with_database("there_is_none")
    async with listening(silent) as port:
        pass
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await connect(behind(nowhere, port))


async def test_a_read_only_server_is_passed_over(
    clone: DatabaseAddress,
) -> None:
    connection = await asyncpg.connect(clone.for_asyncpg())
    await connection.execute(
        f'ALTER DATABASE "{clone.database}" SET default_transaction_read_only = on'
    )
    await connection.close()
    writing = (("target_session_attrs", "read-write"),)
    with pytest.raises(asyncpg.InternalClientError):
        await connect(replace(clone, parameters=writing))
