"""A proxy of the database whose connections can be cut, restored and frozen."""

import asyncio
import re
import socket
from collections.abc import Coroutine
from contextlib import ExitStack, suppress
from dataclasses import replace
from types import TracebackType
from typing import Self

import asyncpg

from tests.waiting import eventually
from unwrapped.core.postgres.addresses import DatabaseAddress

LISTEN = re.compile(rb"(?<!UN)LISTEN ")
"""Does not match the `UNLISTEN *` of a connection that is returned to its pool."""

type Pipe = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def disconnect_everybody(address: DatabaseAddress) -> int:
    """End all sessions of a database, as its restart does; return their number.

    They are gone when it returns, except those that were opened meanwhile.
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
        # Their owners notice it at the next iteration of the loop.
        await asyncio.sleep(0.01)
        return len(ended)
    finally:
        await connection.close()


class DatabaseProxy:
    """Forwards connections to a port of its own to the database, until it is cut."""

    def __init__(self, server: DatabaseAddress) -> None:
        self._server = server
        self._calls: set[asyncio.Task[None]] = set()
        self._port = 0
        self._is_mute = False
        self.taken_in_silence = 0
        self._listeners: list[asyncio.Event] = []

    @property
    def address(self) -> DatabaseAddress:
        """The address of the database through this proxy."""
        return replace(self._server, host="127.0.0.1", port=self._port)

    async def restore(self) -> None:
        """Accept connections, at the same port as before."""
        listening = socket.create_server(("127.0.0.1", self._port))
        listening.setblocking(False)
        self._port = listening.getsockname()[1]
        self._hold(self._take(listening))

    async def cut(self) -> None:
        """Abort all connections, and refuse new ones."""
        calls = list(self._calls)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)

    def say_nothing(self, *, to_new: bool) -> None:
        """Accept new connections from now on without an answer, or with one again."""
        self._is_mute = to_new

    async def freeze_listeners(self) -> None:
        """Forward nothing of the connections that listen, and leave them open.

        Wait for one first: a session is there before it listens.
        """
        await eventually(lambda: bool(self._listeners))
        for flow in self._listeners:
            flow.clear()

    def _hold(self, call: Coroutine[None, None, None]) -> None:
        running = asyncio.create_task(call)
        self._calls.add(running)
        running.add_done_callback(self._calls.discard)

    async def _take(self, listening: socket.socket) -> None:
        # An `asyncio.Server` that is closed leaves a client that was just accepted
        # open and unanswered until the garbage collector runs.
        with listening:
            while True:
                caller, _ = await asyncio.get_running_loop().sock_accept(listening)
                self._hold(self._pass_on(caller))

    async def _pass_on(self, caller: socket.socket) -> None:
        with ExitStack() as cut:
            near = await asyncio.open_connection(sock=caller)
            cut.callback(near[1].transport.abort)
            if self._is_mute:
                self.taken_in_silence += 1
                await near[0].read()
                return
            far = await self._connect()
            cut.callback(far[1].transport.abort)
            flow = asyncio.Event()
            flow.set()
            try:
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pump(near, far, flow))
                    both.create_task(self._pump(far, near, flow))
            except* OSError:
                pass

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
        await self.restore()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.cut()
