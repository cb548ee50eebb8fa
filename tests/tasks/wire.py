"""A way to the database that can be cut, mended and frozen, as networks are."""

import asyncio
import re
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

import asyncpg

from unwrapped.core.addresses import DatabaseAddress

LISTEN = re.compile(rb"(?<!UN)LISTEN ")
"""Not the `UNLISTEN *` of every connection that goes back to its pool."""

type Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def disconnect_everybody(address: DatabaseAddress) -> int:
    """End all sessions of a database, as its restart does; says how many there were.

    They are gone when it returns, but for those that were opened anew meanwhile.
    """
    connection = await asyncpg.connect(address.with_database("postgres").for_asyncpg())
    theirs = "FROM pg_stat_activity WHERE datname = $1"
    try:
        rows = await connection.fetch(
            f"SELECT pid, pg_terminate_backend(pid) {theirs}",
            address.database,
        )
        ended = {row["pid"] for row in rows}
        while ended & {  # noqa: ASYNC110 - in another process
            row["pid"]
            for row in await connection.fetch(
                f"SELECT pid {theirs}",
                address.database,
            )
        }:
            await asyncio.sleep(0.01)
        # Whoever had them learns it with the next turn of the loop.
        await asyncio.sleep(0.01)
        return len(ended)
    finally:
        await connection.close()


class Wire:
    """Passes on what is sent to a port of its own, for as long as it is whole."""

    def __init__(self, server: DatabaseAddress) -> None:
        self._server = server
        self._listening: asyncio.Server | None = None
        self._calls: set[asyncio.Task[None]] = set()
        self._port = 0
        self._listeners: list[asyncio.Event] = []

    @property
    def address(self) -> DatabaseAddress:
        """The database, by way of this wire."""
        return replace(self._server, host="127.0.0.1", port=self._port)

    async def mend(self) -> None:
        """Connections are taken again."""
        self._listening = await asyncio.start_server(
            self._pass_on, "127.0.0.1", self._port
        )
        self._port = self._listening.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """All connections are lost, and new ones are refused."""
        if self._listening is not None:
            self._listening.close()
        calls = list(self._calls)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    def freeze_listeners(self) -> None:
        """Connections that have listened stay open and carry nothing any more."""
        for flow in self._listeners:
            flow.clear()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        call = asyncio.current_task()
        assert call is not None
        self._calls.add(call)
        near, far = (reader, writer), await self._connect()
        try:
            flow = asyncio.Event()
            flow.set()
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(near, far, flow))
                both.create_task(self._pump(far, near, flow))
        except* OSError:
            pass
        finally:
            near[1].transport.abort()
            far[1].transport.abort()
            self._calls.discard(call)

    async def _connect(self) -> Pipe:
        server = self._server
        if server.is_socket:
            return await asyncio.open_unix_connection(
                f"{server.host}/.s.PGSQL.{server.port}"
            )
        return await asyncio.open_connection(server.host, server.port)

    async def _pump(self, source: Pipe, target: Pipe, flow: asyncio.Event) -> None:
        while chunk := await source[0].read(65_536):
            if LISTEN.search(chunk) and flow not in self._listeners:
                self._listeners.append(flow)
            await flow.wait()
            target[1].write(chunk)
            await target[1].drain()
        with suppress(OSError):
            target[1].write_eof()

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.cut()
