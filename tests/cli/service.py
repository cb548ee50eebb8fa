"""The service as people run it: real processes, found and stopped by their ids."""

import os
import re
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import httpx2

from tests import processes
from tests.cli.running import Outcome, unwrapped
from tests.core.embedded_homes import OTHER_USER
from tests.processes import ROOT, UNWRAPPED, environment
from tests.waiting import PATIENCE_SECONDS
from tests.waiting import until as until
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.binaries import Programs, SystemUser, copied, packaged
from unwrapped.core.postgres.embedded import FOLDER, POINTER, STATE_DIR

if sys.platform != "win32":
    import pwd

SECRET = "k1:Zt4vJq8sXw2nLb6yRm0cHd9fKg3pTe7u"  # noqa: S105 - of no server

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For clients of plain HTTP, which would otherwise each load the system's CAs in 50 ms."""

_ADDRESS = re.compile(r"starting at (\S+) ")


class Process:
    """A process that runs until it gets a signal."""

    def __init__(
        self,
        command: tuple[str, ...],
        log: Path,
        cwd: Path,
        env: dict[str, str],
    ) -> None:
        self.log = log
        with log.open("wb") as file:
            self.process = processes.start(
                command,
                cwd=cwd,
                env=environment(**env),
                stdout=file.fileno(),
                stderr=file.fileno(),
            )

    @property
    def is_running(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    @property
    def said(self) -> str:
        """Its whole output so far."""
        return self.log.read_text(encoding="utf-8")

    def until_written(self, pattern: str | re.Pattern[str]) -> str:
        """Wait until its output matches; return the last group, or the whole match."""

        def found() -> str | None:
            match = re.search(pattern, self.said)
            assert match or self.is_running, self.said
            return match[match.lastindex or 0] if match else None

        return until(found, f"{pattern!r} in {self.said}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send it a signal, and wait for its end; return its exit code."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """Terminate it if a failed test left it running."""
        if self.is_running:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)


class Web(Process):
    """A web process."""

    ca: Path | None = None

    @property
    def address(self) -> str:
        """The address that it listens on, as it printed it."""
        return self.until_written(_ADDRESS)

    def client(self) -> httpx2.Client:
        """A client of it, which trusts its CA if it has one."""
        context = NO_TLS
        if self.ca is not None:
            context = ssl.create_default_context(cafile=self.ca)
        return httpx2.Client(base_url=self.address, verify=context, timeout=30.0)

    def ready(self) -> dict[str, object]:
        """Wait until `/readyz` answers 200; return the body."""

        def found() -> dict[str, object] | None:
            assert self.is_running, self.said
            try:
                answer = client.get("/readyz")
            except httpx2.TransportError:
                return None
            return dict(answer.json()) if answer.is_success else None

        with self.client() as client:
            return until(found, f"ready: {self.said}")


@dataclass
class Place:
    """The folders of a test's processes: a home, a working folder, their logs."""

    base: Path
    _started: list[Process] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """The UNWRAPPED_HOME of the processes."""
        return self.base / "home"

    @property
    def cwd(self) -> Path:
        """The working folder, where `.env` would be."""
        folder = self.base / "cwd"
        folder.mkdir(exist_ok=True)
        return folder

    def start[P: Process](
        self, kind: type[P], command: tuple[str, ...], env: dict[str, str]
    ) -> P:
        """Start a process in this place."""
        log = self.base / f"{len(self._started)}.log"
        env = {"UNWRAPPED_HOME": str(self.home)} | env
        process = kind(command, log, self.cwd, env)
        self._started.append(process)
        return process

    def serve(self, *options: str, **env: str) -> Web:
        """Start `unwrapped serve OPTIONS` on a free port."""
        command = (*UNWRAPPED, "serve", "--port", "0", *options)
        web = self.start(Web, command, env)
        if "--https" in options:
            web.ca = self.home / "certs" / "ca.crt"
        return web

    def worker(self, **env: str) -> Process:
        """Start `unwrapped worker`."""
        return self.start(Process, (*UNWRAPPED, "worker"), env)

    def run(self, *arguments: str, **env: str) -> Outcome:
        """Run `unwrapped ARGUMENTS` to its end, in this process."""
        env = {"UNWRAPPED_HOME": str(self.home)} | env
        return unwrapped(*arguments, env=env, cwd=self.cwd)

    def cluster(self) -> Path:
        """The folder of the embedded database."""
        pointer = self.home / FOLDER / POINTER
        if not pointer.exists():
            return self.home / FOLDER
        return self.home / pointer.read_text(encoding="utf-8").strip()

    def left_over(self) -> list[str]:
        """The processes that still use the home: ours, and those of the database."""
        # /proc shows the environment of the fork server for forked processes.
        ours = [f"{one.process.pid}: ours" for one in self._started if one.is_running]
        return [
            *ours,
            *processes_of(str(self.home)),
            *processes_of(str(self.cluster())),
        ]

    def assert_nothing_left(self) -> None:
        """Check that all processes have ended, without a traceback or a restart."""
        # A server still runs for a moment after it has removed its pid file.
        until(lambda: None if self.left_over() else True, f"gone: {self.left_over()}")
        for process in self._started:
            assert "Traceback" not in process.said, process.said
            assert "worker.restart" not in process.said, process.said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Stop what a failed test left, and remove what root has outside the home."""
        for process in self._started:
            process.kill()
        if (self.home / FOLDER / POINTER).exists():
            shutil.rmtree(self.cluster(), ignore_errors=True)


def processes_of(folder: str) -> list[str]:
    """The command lines of processes that run in a folder, or have it in a variable."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environ = (entry / "environ").read_bytes()
            place = str((entry / "cwd").readlink())
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it has ended, or belongs to somebody else
        if f"={folder}\0".encode() in environ or Path(place).is_relative_to(folder):
            found.append(f"{entry.name}: {command}")
    return found


def assert_not_started(outcome: Outcome, *said: str) -> None:
    """Check that a service did not start: code 2, the reason, and no traceback."""
    output = outcome.out + outcome.err
    assert outcome.code == 2, outcome
    assert "Traceback" not in output, output
    for words in said:
        assert words in output


def tour(address: str, **env: str) -> str:
    """Run `examples/tour.sh`, which must succeed; return its output."""
    done = subprocess.run(
        ("bash", str(ROOT / "examples" / "tour.sh")),
        # `python3` must be the Python of these tests.
        env=environment(
            BASE=address,
            **{"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"} | env,
        ),
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def own_postgres() -> Iterator[DatabaseAddress]:
    """A server as a self-hoster has one: by TCP, with a password."""
    programs = postgres_programs()
    # Below /tmp, which the server's user can enter; pytest's folders are private.
    folder = Path(tempfile.mkdtemp(prefix="unwrapped-own-", dir="/tmp"))
    address = DatabaseAddress(
        user="unwrapped",
        password=secrets.token_urlsafe(12) + "@/: é",
        host="127.0.0.1",
        port=free_port(),
        database="postgres",
    )
    (folder / "password").write_text(address.password, encoding="utf-8")
    if account := programs.user:
        for path in (folder, folder / "password"):
            os.chown(path, account.uid, account.gid)
    _succeed(programs, folder, *("initdb", "-D", "data", "-E", "UTF8", "--locale=C"),
             *("-U", address.user, "-A", "scram-sha-256", "--pwfile=password"))  # fmt: skip
    options = f"-c listen_addresses=127.0.0.1 -p {address.port} -k ''"
    try:
        _succeed(programs, folder, "pg_ctl", "start", *("-D", "data", "-w", "-l", "log", "-o", options))  # fmt: skip
        yield address
    finally:
        programs.run("pg_ctl", "stop", *("-D", "data", "-m", "immediate"), within=folder)  # fmt: skip
        shutil.rmtree(folder)


def postgres_programs() -> Programs:
    """The oldest installed of Debian's from version 15 on, else those of the wheel."""
    account = None
    if os.geteuid() == 0:
        user = pwd.getpwnam(OTHER_USER)
        account = SystemUser(user.pw_uid, user.pw_gid)
    debian = sorted(Path("/usr/lib/postgresql").glob("1[5-9]/bin/postgres"))
    if debian:
        folder = debian[0].parent
    else:
        STATE_DIR.mkdir(parents=True, exist_ok=True)
        folder = copied(STATE_DIR) if account else packaged()
    return Programs(folder, account)


def _succeed(programs: Programs, folder: Path, program: str, *arguments: str) -> None:
    done = programs.run(program, *arguments, within=folder)
    assert done.returncode == 0, done.stdout + done.stderr
