"""Forks processes that have loaded the modules that a real start would load.

    python -m tests.fork_server <SOCKET >SOCKET

`tests/processes.py` starts one beside each process of pytest and sends it orders. The
socket is its stdin and stdout, so that these are opened as they are for a pipe. A forked
process leaves `serve` and continues here as the program that was ordered; the interpreter
itself handles its exit code, its traceback, its threads and its hooks.
"""

import atexit
import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
import time
import warnings
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

LARGEST_ORDER = 200_000
"""Bytes: about as many as the system transfers in one piece."""

THREADS = Path("/proc/self/task")

IDLE = {"jemalloc_bg_thd", "polars-ooc-clea"}
"""Threads that the import of Polars starts, and that a forked process does not need.

One releases memory, and handles forks; one waits for spilled files to delete. The threads
that compute start with the first computation: none may run before a fork.
"""


@dataclass(frozen=True, slots=True)
class Order:
    """The program that a forked process runs."""

    module: str
    """As in `python -m MODULE`."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    cwd: str

    loads: tuple[str, ...]
    """Modules that the server loads before it forks."""

    def send(self, orders: socket.socket, fds: list[int]) -> None:
        """Send the order, with stdin, stdout and stderr, and the pipe for its end."""
        socket.send_fds(orders, [json.dumps(asdict(self)).encode()], fds)

    @classmethod
    def receive(cls, orders: socket.socket) -> tuple[Self, list[int]] | None:
        """Return the next order and its file descriptors; None when none will follow."""
        sent, fds, _, _ = socket.recv_fds(orders, LARGEST_ORDER, 4)
        return (cls(**json.loads(sent)), fds) if sent else None

    def become(self) -> None:
        """Run the module as `python -m` does, in a session of its own."""
        os.setsid()
        # The import of Polars installs a handler of SIGINT. This restores Python's, or
        # leaves the signal ignored if the parent process ignored it.
        signal.signal(signal.SIGINT, signal.getsignal(signal.SIGINT))
        # An interpreter that finds no locale adds this one by itself (PEP 538).
        own = {name: os.environ[name] for name in {"LC_CTYPE"} & os.environ.keys()}
        os.environ.clear()
        os.environ.update(own | self.environment)
        time.tzset()
        os.chdir(self.cwd)
        sys.path[0] = self.cwd
        sys.argv[1:] = self.arguments
        runpy.run_module(self.module, run_name="__main__", alter_sys=True)


def serve(orders: socket.socket) -> Order | None:
    """Return its order in a forked process; None in the server when orders have ended."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not orders:
                    waiting.unregister(key.fd)
                    report_end(key.fd, *key.data)
                    continue
                received = Order.receive(orders)
                if received is None:
                    return None
                order, (*streams, reports) = received
                load(order.loads)
                pid = fork()
                if pid == 0:
                    take(streams)
                    return order
                for stream in streams:
                    os.close(stream)
                os.write(reports, b"%d\n" % pid)
                pidfd = os.pidfd_open(pid)
                waiting.register(pidfd, selectors.EVENT_READ, (pid, reports))


def load(modules: tuple[str, ...]) -> None:
    """Load modules. None may start a thread: a forked process would lack it."""
    missing = [name for name in modules if name not in sys.modules]
    for name in missing:
        importlib.import_module(name)
    if missing:
        if started := threads() - IDLE:
            raise RuntimeError(f"the import of {missing} started threads: {started}")
        # Keeps the collector of forked processes from these pages, which would be copied.
        gc.collect()
        gc.freeze()


def threads() -> set[str]:
    """The names of this process's threads, without the one that runs Python."""
    ours = {THREADS / str(os.getpid())}
    return {(t / "comm").read_text().strip() for t in set(THREADS.iterdir()) - ours}


def fork() -> int:
    """As `os.fork`, without its warning of the known threads."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def keep_modules() -> None:
    """Keep the interpreter from clearing modules when it ends.

    That would copy most pages of memory just before they are freed.
    """
    loaded = dict(sys.modules)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(loaded))
    for name in loaded.keys() - {"__main__", "builtins", "sys"}:
        sys.modules.pop(name, None)


def take(streams: list[int]) -> None:
    """Make these the stdin, stdout and stderr of this process."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)


def report_end(pidfd: int, pid: int, reports: int) -> None:
    """Report how a process has ended: its exit code, or minus the signal's number."""
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # the process that ordered it may have ended
        os.write(reports, b"%d\n" % os.waitstatus_to_exitcode(status))
    os.close(reports)
    os.close(pidfd)


if __name__ == "__main__":
    atexit.register(keep_modules)  # the first to be registered is run last
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as orders:
        order = serve(orders)
    if order is not None:
        # Of the server's descriptors it keeps only the streams.
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        order.become()
