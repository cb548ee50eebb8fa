"""A process that forks the children in which heavy tasks run.

It is forked from the worker before the worker has threads, connections or an event
loop. Modules that both have loaded are in memory once; modules that only heavy tasks
need are loaded here, before the first such task, so that a forked child starts at once.
The server itself computes nothing, so children can do without the threads that Polars
starts when it is loaded.

The server ends with the worker, and so does a running child (`child.py`).
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
from unwrapped.core.gc_pause import gc_paused
from unwrapped.tasks.kinds import AnyTaskKind

LONGEST_NAME = 1024

log = structlog.get_logger()

type RunChild = Callable[[socket.socket], NoReturn]
"""Runs the task that the connection orders, and ends the process."""


class ForkServerDied(Unavailable):
    """A worker has lost its fork server."""

    code = "fork_server_died"


@dataclass(frozen=True, slots=True)
class ForkServer:
    """The worker's side."""

    orders: socket.socket

    def fork(
        self, kind: AnyTaskKind, connection: socket.socket, news: socket.socket
    ) -> None:
        """Fork a child for a task of this kind, at the other end of `connection`.

        `news` receives its process id, and its exit code when it ends (negative for a
        signal), a line each. Children run one at a time: the next one is forked when
        this one has ended. Raises `OSError` when the server is gone.
        """
        name = kind.name.encode()
        socket.send_fds(self.orders, [name], [connection.fileno(), news.fileno()])

    @asynccontextmanager
    async def watched(self, stop: asyncio.Event) -> AsyncIterator[None]:
        """While the context lasts, set `stop` when the server dies: nothing can replace it.

        Raises `ForkServerDied` at the end of the context if it did.
        """
        has_died = False

        def note() -> None:
            nonlocal has_died
            has_died = True
            loop.remove_reader(self.orders)
            stop.set()

        loop = asyncio.get_running_loop()
        # It sends nothing: readable means closed.
        loop.add_reader(self.orders, note)
        try:
            yield
        finally:
            loop.remove_reader(self.orders)
        if has_died:
            raise ForkServerDied(
                "The process that this worker forks its heavy tasks from has died:"
                " start the worker again."
            )


@contextmanager
def fork_server(
    kinds: Mapping[str, AnyTaskKind], run_child: RunChild
) -> Iterator[ForkServer]:
    """Run a fork server while the context lasts.

    Call it in a process without threads, after loading the modules that children share.
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
    """Ignore stop signals: the worker handles them and gives tasks time to end.

    Ctrl-C reaches all processes in the foreground, and a service manager sends SIGTERM
    to all of the service. Polars, once loaded, handles SIGINT: call this after that.
    """
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)


def _become_server(
    orders: socket.socket, kinds: Mapping[str, AnyTaskKind], run_child: RunChild
) -> NoReturn:
    code = 1
    try:
        ignore_stop_signals()
        # Readers and writers of the worker's pipes wait for them to close: only the
        # worker may hold them.
        nothing = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1):
            os.dup2(nothing, stream)
        os.close(nothing)
        _serve(orders, kinds, run_child)
        code = 0
    except Exception:
        # The outermost frame of a process: an error beyond it would run the worker's
        # code.
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
        with news, suppress(BrokenPipeError):  # the worker may have closed it
            news.sendall(b"%d\n" % pid)
            _, status = os.waitpid(pid, 0)
            news.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _load(kind: AnyTaskKind) -> None:
    """Load the modules that the handler of a kind imports."""
    if missing := [name for name in kind.loads if name not in sys.modules]:
        with gc_paused():
            for name in missing:
                importlib.import_module(name)


def _fork() -> int:
    """`os.fork` without its warning about threads, which are known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()
