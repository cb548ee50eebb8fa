"""A process that forks the children in which heavy tasks run.

It is forked from the worker before that has threads, connections or an event loop. What
both have loaded is in memory once, what only heavy tasks need is loaded here, before the
first of them, and a child that is forked from it begins at once. It loads and computes
nothing: of the threads that come with loading Polars a child can do without.

It ends with the worker. A child that runs then hears of it itself (`child.py`).
"""

import asyncio
import importlib
import os
import signal
import socket
import sys
import warnings
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import NoReturn

import structlog

from unwrapped.core.exceptions import Unavailable
from unwrapped.core.loading import loading
from unwrapped.tasks.kinds import AnyTaskKind

LONGEST_NAME = 1024

log = structlog.get_logger()

type RunChild = Callable[[socket.socket], NoReturn]
"""Runs the task that it is sent over the connection, and ends the process."""


class ForkServerDied(Unavailable):
    """A worker has lost its fork server."""

    code = "fork_server_died"


@dataclass(frozen=True, slots=True)
class ForkServer:
    """The worker's end."""

    orders: socket.socket

    def fork(
        self, kind: AnyTaskKind, connection: socket.socket, news: socket.socket
    ) -> None:
        """Have a child forked for a task of this kind, which is at the end of `connection`.

        Its process id comes over `news`, and its exit code once it has ended, negative
        for a signal; a line each. One child at a time: the next is forked when it has
        ended. Raises `OSError` when the server is gone.
        """
        name = kind.name.encode()
        socket.send_fds(self.orders, [name], [connection.fileno(), news.fileno()])

    @asynccontextmanager
    async def watched(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """While the context lasts, set `stop` when the server dies: nothing can replace it.

        Raises `ForkServerDied` in the end if it did.
        """
        has_died = False

        def note() -> None:
            nonlocal has_died
            has_died = True
            loop.remove_reader(self.orders)
            stop.set()

        loop = asyncio.get_running_loop()
        # It says nothing: what can be read is the end.
        loop.add_reader(self.orders, note)
        try:
            yield
        finally:
            loop.remove_reader(self.orders)
        if has_died:
            raise ForkServerDied(
                "The process died that this worker's heavy tasks are forked from:"
                " start the worker again."
            )


@contextmanager
def fork_server(
    kinds: Mapping[str, AnyTaskKind], run_child: RunChild
) -> Iterator[ForkServer]:
    """A server for as long as the context lasts.

    For a process without threads that has loaded what its children shall share with it.
    """
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        ours.close()
        _become_server(theirs, kinds, run_child)
    theirs.close()
    try:
        yield ForkServer(ours)
    finally:
        ours.close()
        os.waitpid(pid, 0)


def ignore_stop_signals() -> None:
    """Leave it to the worker to hear of a stop: it gives tasks time to end.

    Ctrl-C goes to all processes in the foreground, and SIGTERM of a service manager to
    all of the service. Polars, once loaded, hears SIGINT first: call this behind it.
    """
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)


def _become_server(
    orders: socket.socket, kinds: Mapping[str, AnyTaskKind], run_child: RunChild
) -> NoReturn:
    code = 1
    try:
        ignore_stop_signals()
        # Who reads what the worker writes, or writes to it, waits for an end that is
        # the worker's.
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nothing, stream)
        os.close(nothing)
        _serve(orders, kinds, run_child)
        code = 0
    except Exception:
        # The outermost frame of a process: what passes it would run the worker's.
        log.exception("fork_server.died")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _serve(
    orders: socket.socket, kinds: Mapping[str, AnyTaskKind], run_child: RunChild
) -> None:
    """Fork a child for each order, until the last one."""
    while True:
        sent, descriptors, _, _ = socket.recv_fds(orders, LONGEST_NAME, 2)
        if not sent:
            return
        connection, news = (socket.socket(fileno=number) for number in descriptors)
        _load(kinds[sent.decode()])
        pid = _fork()
        if pid == 0:
            orders.close()
            news.close()
            ignore_stop_signals()
            run_child(connection)
        connection.close()
        with news, suppress(BrokenPipeError):  # the worker may have let go of it
            news.sendall(b"%d\n" % pid)
            _, status = os.waitpid(pid, 0)
            news.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _load(kind: AnyTaskKind) -> None:
    """Load what the handler of a kind will import."""
    if missing := [name for name in kind.loads if name not in sys.modules]:
        with loading():
            for name in missing:
                importlib.import_module(name)


def _fork() -> int:
    """As `os.fork`, which would warn of the threads that we know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()
