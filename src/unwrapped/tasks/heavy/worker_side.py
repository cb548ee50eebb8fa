"""The worker's side of a heavy task: it watches the child and interprets its end."""

import asyncio
import os
import signal
import socket
from contextlib import suppress

import msgspec
import structlog
from sqlalchemy import text

from unwrapped.core.database import Database, is_lost_connection
from unwrapped.core.process_resources import Resources
from unwrapped.tasks.execution.claims import Claim
from unwrapped.tasks.execution.running_task import RunningTask, Superseded
from unwrapped.tasks.failures import (
    CHILD_DIED,
    CHILD_KILLED,
    REFUSED_MEMORY,
    AttemptFailed,
    out_of_memory,
)
from unwrapped.tasks.heavy.child import Ending, Order
from unwrapped.tasks.heavy.fork_server import ForkServer
from unwrapped.tasks.heavy.memory import occupied_bytes
from unwrapped.tasks.kinds import AnyTaskKind
from unwrapped.tasks.models import TaskStatus
from unwrapped.tasks.settings import TaskSettings

LOOK_SECONDS = 0.05
STOP_SECONDS = 0.3
"""How long a child may take to stop: long enough to cancel its statements."""

# Threads of the child have connections that nothing else cancels.
_END_STATEMENTS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE application_name = :name AND usename = current_user"
)

log = structlog.get_logger()


class InChild:
    """Runs the handler in a child of a fork server, with a memory limit."""

    def __init__(self, server: ForkServer, resources: Resources) -> None:
        self._server = server
        self._database = resources.database
        self._limit = resources.settings_of(TaskSettings).task_memory_max_bytes

    async def run(self, kind: AnyTaskKind, task: RunningTask, claim: Claim) -> None:
        """Run the handler to its end.

        Raises `Superseded` and `AttemptFailed`. When it returns, or is cancelled, the
        child is gone and its statements have ended.
        """
        order = Order(kind.name, claim, self._database.address, self._limit)
        connection, theirs = socket.socketpair()
        news, their_news = socket.socketpair()
        with connection, news:
            with theirs, their_news:
                self._server.fork(kind, theirs, their_news)
            child = _Child(connection, news)
            ending = None
            try:
                ending = await child.run(order)
            finally:
                await child.stop()
                if ending != Ending():
                    await _end_statements(self._database, order.connection_name)
        if ending is None:
            await self._understand(child, task, claim)
        elif ending.is_superseded:
            raise Superseded
        elif ending.failure is not None:
            raise AttemptFailed(ending.failure)

    async def _understand(
        self, child: "_Child", task: RunningTask, claim: Claim
    ) -> None:
        """Find out why a child ended without a report. Raises `AttemptFailed`."""
        log.warning(
            "task.child_died",
            task_id=str(task.id),
            code=child.code,
            is_too_large=child.is_too_large,
        )
        async with self._database.autocommit() as session:
            if await claim.standing(session) == TaskStatus.COMPLETED:
                return  # it had done its work
        if child.is_too_large:
            raise AttemptFailed(out_of_memory(self._limit))
        # Rust and C++ abort when they get no memory.
        if child.code == -signal.SIGABRT:
            raise AttemptFailed(REFUSED_MEMORY)
        if child.code == -signal.SIGKILL:
            raise AttemptFailed(CHILD_KILLED)
        raise AttemptFailed(CHILD_DIED)


class _Child:
    """A child, from the worker's side."""

    def __init__(self, connection: socket.socket, news: socket.socket) -> None:
        self.code: int | None = None
        """Its exit code; None while it runs, and when the fork server is gone."""

        self.is_too_large = False
        """Whether it was killed for exceeding its memory limit."""

        self._connection, self._news = connection, news
        self._pid: int | None = None
        for end in (connection, news):
            end.setblocking(False)

    async def run(self, order: Order) -> Ending | None:
        """The result of the attempt; None if the child ended without a report."""
        loop = asyncio.get_running_loop()
        sent = msgspec.json.encode(order) + b"\n"
        await loop.sock_sendall(self._connection, sent)
        self._pid = await self._heard()
        watching = asyncio.create_task(self._watch_memory(order.memory_max_bytes))
        try:
            said = b""
            while more := await loop.sock_recv(self._connection, 65_536):
                said += more
            self.code = await self._heard()
        finally:
            watching.cancel()
        return msgspec.json.decode(said, type=Ending) if self.code == 0 else None

    async def stop(self) -> None:
        """Stop the child, by force if it does not end at once."""
        self._connection.close()
        if self.code is not None or self._pid is None:
            return  # a child not forked yet finds its connection closed
        try:
            await self._ended_within(STOP_SECONDS)
        finally:
            if self.code is None:
                self._kill()
        await self._ended_within(STOP_SECONDS)

    async def _ended_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                self.code = self.code or await self._heard()

    async def _heard(self) -> int | None:
        """The next number that the fork server sends; None when it is gone."""
        loop = asyncio.get_running_loop()
        line = b""
        while not line.endswith(b"\n"):
            byte = await loop.sock_recv(self._news, 1)
            if not byte:
                return None
            line += byte
        return int(line)

    async def _watch_memory(self, limit: int) -> None:
        if self._pid is None:
            return
        while occupied_bytes(self._pid) <= limit:  # noqa: ASYNC110 - of another process
            await asyncio.sleep(LOOK_SECONDS)
        self.is_too_large = True
        self._kill()

    def _kill(self) -> None:
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)


async def _end_statements(database: Database, connection_name: str) -> None:
    try:
        async with database.autocommit() as session:
            await session.execute(_END_STATEMENTS, {"name": connection_name})
    except Exception as error:
        # They end with their connections anyway; this is faster.
        if not is_lost_connection(error):
            raise
