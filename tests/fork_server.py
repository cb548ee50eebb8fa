"""Forks processes that have loaded already what a real start would load.

    python -m tests.fork_server <SOCKET >SOCKET

`tests/processes.py` starts one beside each process of pytest and sends it orders. The
socket is its stdin and stdout, so that these are made as they are for a pipe. What is
forked leaves `serve` and goes on here as the program that was ordered; in the end it is
the interpreter itself that sees its exit code, its traceback, its threads and its hooks.
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
"""Bytes: about what the system passes on in one piece."""

THREADS = Path("/proc/self/task")

IDLE = {"jemalloc_bg_thd", "polars-ooc-clea"}
"""Threads that importing Polars starts, and that what is forked can be without.

One gives memory back, and knows of forks; one waits for spilled files to delete. The
threads that compute come with the first computation, and must never be there.
"""


@dataclass(frozen=True, slots=True)
class Order:
    """What a forked process is to become."""

    module: str
    """As in `python -m MODULE`."""

    arguments: tuple[str, ...]
    environment: dict[str, str]
    cwd: str

    loads: tuple[str, ...]
    """Modules that the server loads, unless it has, before it forks."""

    def send(self, orders: socket.socket, fds: list[int]) -> None:
        """Order it, with its stdin, stdout and stderr, and where to tell its end."""
        socket.send_fds(orders, [json.dumps(asdict(self)).encode()], fds)

    @classmethod
    def receive(cls, orders: socket.socket) -> tuple[Self, list[int]] | None:
        """The next order and its file descriptors; None when there will be none."""
        sent, fds, _, _ = socket.recv_fds(orders, LARGEST_ORDER, 4)
        return (cls(**json.loads(sent)), fds) if sent else None

    def become(self) -> None:
        """Run the module as `python -m` does, in a session of its own."""
        os.setsid()
        # Polars, once imported, hears SIGINT first, also where nobody will use it: this
        # gives it back to Python, or leaves it ignored, as whoever started us had it.
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
    """In a forked process, its order; None in the server, once nobody orders any more."""
    with selectors.DefaultSelector() as waiting:
        waiting.register(orders, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                if key.fileobj is not orders:
                    waiting.unregister(key.fd)
                    tell_end(key.fd, *key.data)
                    continue
                received = Order.receive(orders)
                if received is None:
                    return None
                order, (*streams, told) = received
                load(order.loads)
                pid = fork()
                if pid == 0:
                    take(streams)
                    return order
                for stream in streams:
                    os.close(stream)
                os.write(told, b"%d\n" % pid)
                waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, told))


def load(modules: tuple[str, ...]) -> None:
    """Load modules. None may start a thread: what is forked would miss it."""
    missing = [name for name in modules if name not in sys.modules]
    for name in missing:
        importlib.import_module(name)
    if missing:
        if started := threads() - IDLE:
            raise RuntimeError(f"of these modules {missing} came {started}")
        # What is forked need not look at it again, which would copy its pages.
        gc.collect()
        gc.freeze()


def threads() -> set[str]:
    """The names of our threads, without the one that runs Python."""
    ours = {THREADS / str(os.getpid())}
    return {(t / "comm").read_text().strip() for t in set(THREADS.iterdir()) - ours}


def fork() -> int:
    """As `os.fork`, which would warn of the threads that we know."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def spare_what_is_loaded() -> None:
    """Let the interpreter not take our modules apart when it ends.

    For them it would copy most pages of memory, to give them back a moment later.
    """
    loaded = dict(sys.modules)
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(loaded))
    for name in loaded.keys() - {"__main__", "builtins", "sys"}:
        sys.modules.pop(name, None)


def take(streams: list[int]) -> None:
    """Make these our stdin, stdout and stderr."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)


def tell_end(pidfd: int, pid: int, told: int) -> None:
    """Tell how a process has ended: its exit code, or the signal, negative."""
    _, status = os.waitpid(pid, 0)
    with suppress(BrokenPipeError):  # who ordered it may be gone
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
    os.close(told)
    os.close(pidfd)


if __name__ == "__main__":
    atexit.register(spare_what_is_loaded)  # the first to be registered is run last
    with socket.socket(fileno=os.dup(sys.stdin.fileno())) as orders:
        order = serve(orders)
    if order is not None:
        # Of the server's descriptors it keeps the streams, and no other.
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        order.become()
