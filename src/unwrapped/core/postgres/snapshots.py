"""Reading large results as of one moment, while a client receives them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from sqlalchemy import NullPool
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from unwrapped.core.database import set_sessions
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.connecting import DIALECT, connect
from unwrapped.core.postgres.session_settings import SessionSettings, join_by_hash

LONGEST_PAUSE = timedelta(minutes=5)
"""A client that reads nothing for this long loses its connection to the database."""


@asynccontextmanager
async def open_snapshot(
    address: DatabaseAddress, longest: timedelta
) -> AsyncIterator[AsyncConnection]:
    """A separate connection, in a transaction that sees the data of this moment.

    It does not occupy the pool, however slow the client is. It is cut after `longest`,
    since the server cannot vacuum while a snapshot is open. It may be closed before the
    context ends.
    """
    engine = create_async_engine(
        DIALECT,
        async_creator=partial(
            connect,
            address,
            server_settings={"application_name": "unwrapped export", "timezone": "UTC"},
        ),
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
    )
    # Each piece that is fetched is a statement: none may take longer than all together.
    set_sessions(engine, SessionSettings(longest, longest_pause=LONGEST_PAUSE))
    async with engine.connect() as connection:
        await join_by_hash(connection)
        driver = (await connection.get_raw_connection()).driver_connection
        if driver is None:
            raise DisconnectionError
        loop = asyncio.get_running_loop()
        cut = loop.call_later(longest.total_seconds(), driver.terminate)
        try:
            yield connection
        finally:
            cut.cancel()
