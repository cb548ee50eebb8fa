"""Runs programs as processes of their own; services are forked with their modules.

A web process and a worker take seconds to load their modules. `start` forks them from a
server that has loaded these (`tests/fork_server.py`), unless the difference matters.
Then, and for all other programs, it starts an interpreter (docs/decisions/0027).
"""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Protocol

from tests.fork_server import Order
from tests.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).parents[1]
UNWRAPPED = (sys.executable, "-m", "unwrapped")

DEVNULL, PIPE = subprocess.DEVNULL, subprocess.PIPE

READ_AT_START = ("PYTHON", "LANG", "LC_", "COVERAGE_")
"""Prefixes of the variables that the interpreter reads when it starts."""

_SMALL = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {
    "PYTHONUTF8": "1"
}

_SERVICE = (
    "unwrapped.main",
    "unwrapped.core.process_resources",
    "unwrapped.tasks.execution.worker",
    "uvloop",
)
_WORKER = (
    *_SERVICE,
    "unwrapped.cli.commands.worker",
    "unwrapped.music.analysis.coordinator",
    "unwrapped.music.critic.house_critic",
    "unwrapped.music.store.merge",
    "unwrapped.web.portrait_page",
)
_WEB = (
    *_SERVICE,
    "unwrapped.application",
    "unwrapped.auth.router",
    "unwrapped.music.router",
    "unwrapped.tasks.router",
    "unwrapped.web.pages.router",
    "unwrapped.web.public.pages",
    "unwrapped.web.public.api",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "unwrapped.core.http.guards.bounded_protocol",
)
_LOADS = {
    "unwrapped serve": (
        *_WEB,
        "ctypes",
        "unwrapped.cli.demo",
        "unwrapped.cli.commands.serve",
        "unwrapped.cli.web_server",
        "unwrapped.core.tls.certificates",
        "uvicorn.supervisors",
    ),
    "unwrapped worker": _WORKER,
    "unwrapped analyze": (
        "unwrapped.cli.commands.analyze",
        "unwrapped.cli.display.output",
        "unwrapped.cli.display.progress",
        "unwrapped.music.analysis.portrait",
        "unwrapped.music.critic.house_critic",
        "unwrapped.web.portrait_page",
    ),
    "unwrapped sandbox": (
        "unwrapped.cli.commands.sandbox",
        "unwrapped.sandbox.app",
        "uvicorn.loops.uvloop",
    ),
    "unwrapped tasks": (
        *_SERVICE,
        "unwrapped.auth.operator_accounts",
        "unwrapped.cli.commands.tasks",
        "unwrapped.cli.display.task_table",
        "unwrapped.cli.display.watching",
    ),
    "uvicorn": _WEB,
    "tests.core.embedded_child": ("unwrapped.core.postgres.embedded",),
    "tests.core.migrating_child": ("unwrapped.core.migrations.upgrade",),
    "tests.core.secret_child": ("unwrapped.core.secrets.key_ring",),
    "tests.tasks.process_with_worker": _SERVICE,
    "tests.tasks.worker_child": _WORKER,
    "tests.chaos.worker_process": _WORKER,
    "tests.process_probe": ("polars",),  # as if something else had needed it
}
"""What is loaded before a fork."""


def environment(**own: str) -> dict[str, str]:
    """A small environment: of this process's variables only those of coverage."""
    coverage = {n: v for n, v in os.environ.items() if n.startswith("COVERAGE_")}
    return _SMALL | coverage | own


class Process(Protocol):
    """What `subprocess.Popen` and `Forked` have in common."""

    pid: int
    returncode: int | None
    stdin: IO[bytes] | None
    stdout: IO[bytes] | None
    stderr: IO[bytes] | None

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class Forked:
    """A process that the fork server has forked, with the methods of `Popen`."""

    def __init__(self, reports: IO[bytes], ends: Sequence[IO[bytes] | None]) -> None:
        self._reports = reports
        self.stdin, self.stdout, self.stderr = ends
        self.returncode: int | None = None
        self.pid = self._number()

    def _number(self) -> int:
        line = self._reports.readline()
        assert line, "the fork server has ended; its error is on stderr"
        return int(line)

    def poll(self) -> int | None:
        """Return its exit code; None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Return its exit code once it has ended. Raises `subprocess.TimeoutExpired`."""
        if self.returncode is None:
            waiting = select.poll()
            waiting.register(self._reports, select.POLLIN)
            if not waiting.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            with self._reports:
                self.returncode = self._number()
        return self.returncode

    def send_signal(self, sig: int) -> None:
        """Send it a signal, if it runs."""
        if self.poll() is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        """SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    stdin: int = DEVNULL,
    stdout: int,
    stderr: int,
    afresh: bool = False,
) -> Process:
    """Start a program in a session of its own; `afresh`: never by a fork.

    The streams are file descriptors, DEVNULL or PIPE.
    """
    # Whether a stream is a terminal is seen at the start, too.
    is_seen = any(
        stream >= 0 and os.isatty(stream) for stream in (stdin, stdout, stderr)
    )
    loads = None if afresh or is_seen else _loads(command, env)
    if loads is None:
        return subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    _, _, module, *arguments = command
    order = Order(module, tuple(arguments), dict(env), str(cwd), loads)
    return _fork(order, stdin, stdout, stderr)


def _loads(command: Sequence[str], env: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the modules to load before a fork; None if the program cannot be forked."""
    if sys.platform != "linux" or tuple(command[:2]) != UNWRAPPED[:2]:
        return None
    # An interpreter reads these when it starts; a forked process does not.
    read = {name for name in env if name.startswith(READ_AT_START)}
    if any(_SMALL.get(name) != env[name] for name in read):
        return None
    module, *arguments = command[2:4]
    return _LOADS.get(" ".join((module, *arguments))) or _LOADS.get(module)


def _fork(order: Order, *streams: int) -> Forked:
    """Order a fork, with these as its stdin, stdout and stderr."""
    with ExitStack() as theirs:
        fds: list[int] = []
        ends: list[IO[bytes] | None] = []
        for number, stream in enumerate(streams):
            fd, end = _stream(stream, theirs, is_read=number == 0)
            fds.append(fd)
            ends.append(end)
        reports, reporting = os.pipe()
        theirs.callback(os.close, reporting)
        order.send(_server.orders(), [*fds, reporting])
    return Forked(os.fdopen(reports, "rb", buffering=0), ends)


def _stream(
    stream: int, theirs: ExitStack, *, is_read: bool
) -> tuple[int, IO[bytes] | None]:
    """Return the descriptor for the process and, of a pipe, this process's end."""
    if stream == DEVNULL:
        return theirs.enter_context(Path(os.devnull).open("r+b")).fileno(), None
    if stream != PIPE:
        return stream, None
    read, write = os.pipe()
    theirs.callback(os.close, read if is_read else write)
    return (read, os.fdopen(write, "wb")) if is_read else (write, os.fdopen(read, "rb"))


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    afresh: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end; return its exit code and what it wrote."""
    process = start(command, env=env, cwd=cwd, stdout=PIPE, stderr=PIPE, afresh=afresh)
    assert process.stdout is not None
    assert process.stderr is not None
    with process.stdout as out, process.stderr as err, ThreadPoolExecutor(2) as readers:
        read = [readers.submit(stream.read) for stream in (out, err)]
        try:
            code = process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise
    return subprocess.CompletedProcess(command, code, *(said.result() for said in read))


class _Server:
    """The fork server of this process; started when it is first needed."""

    _process: subprocess.Popen[bytes] | None = None
    _orders: socket.socket

    def orders(self) -> socket.socket:
        """Return the socket for orders; starts the server if it does not run."""
        if self._process is None:
            self._orders, theirs = socket.socketpair(
                socket.AF_UNIX, socket.SOCK_SEQPACKET
            )
            with theirs:
                self._process = subprocess.Popen(
                    [*UNWRAPPED[:2], "tests.fork_server"],
                    env=_SMALL,
                    cwd=ROOT,
                    stdin=theirs.fileno(),
                    stdout=theirs.fileno(),
                    start_new_session=True,
                )
        return self._orders

    def stop(self) -> None:
        """Stop the server, if it runs."""
        if self._process is not None:
            self._orders.close()
            self._process.wait(PATIENCE_SECONDS)
            self._process = None


_server = _Server()
stop_server = _server.stop
