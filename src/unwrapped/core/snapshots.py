"""Reading much, at one moment, for as long as a client takes to receive it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from unwrapped.core.addresses import DatabaseAddress
from unwrapped.core.database import CONNECT_TIMEOUT_SECONDS

LONGEST_PAUSE = "5min"
"""A client that takes nothing for so long loses its connection to the database."""


@asynccontextmanager
async def open_snapshot(address: DatabaseAddress) -> AsyncIterator[AsyncConnection]:
    """A connection of its own, in a transaction that reads what is there now.

    It takes none from the pool, however slow the client is. May be closed before the
    context ends.
    """
    url, connect_args = address.for_sqlalchemy()
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        connect_args=connect_args
        | {
            "timeout": CONNECT_TIMEOUT_SECONDS,
            "server_settings": {
                "application_name": "unwrapped export",
                "idle_in_transaction_session_timeout": LONGEST_PAUSE,
                "timezone": "UTC",
            },
        },
    )
    async with engine.connect() as connection:
        yield connection
