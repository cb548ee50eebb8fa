"""Connections of asyncpg to whichever server of a database accepts writes now."""

import asyncio
from typing import Any

import asyncpg

from unwrapped.core.postgres.addresses import DatabaseAddress

CONNECT_TIMEOUT_SECONDS = 10.0

DIALECT = "postgresql+asyncpg://"
"""The URL of engines, whose `async_creator` is `connect` with an address."""

NO_CONNECTION = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)
"""The errors of a server that is away, refuses, or is a standby."""


async def connect(address: DatabaseAddress, **options: Any) -> asyncpg.Connection:
    """Connect as `asyncpg.connect` does, with its options.

    Several servers are tried at once, so that one that hangs delays nothing while
    another one accepts writes.
    """
    options = {"timeout": CONNECT_TIMEOUT_SECONDS} | options
    attempts: list[asyncio.Task[asyncpg.Connection]] = [
        asyncio.create_task(asyncpg.connect(server.for_asyncpg(), **options))
        for server in address.servers
    ]
    chosen: asyncpg.Connection | None = None
    refusals: list[Exception] = []
    try:
        for attempt in asyncio.as_completed(attempts):
            try:
                chosen = await attempt
            except NO_CONNECTION as error:
                refusals.append(error)
            else:
                return chosen
    finally:
        await _end(attempts, chosen)
    # A refusal by a server says more than the absence of another one.
    raise max(refusals, key=lambda one: isinstance(one, asyncpg.PostgresError))


async def _end(
    attempts: list[asyncio.Task[asyncpg.Connection]],
    chosen: asyncpg.Connection | None,
) -> None:
    for attempt in attempts:
        attempt.cancel()
    for late in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(late, asyncpg.Connection) and late is not chosen:
            late.terminate()
