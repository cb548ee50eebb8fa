"""The service as people run it: real processes, found again and stopped by their ids."""

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
from unwrapped.core.postgres.binaries import Account, Programs, copied, packaged
from unwrapped.core.postgres.embedded import FOLDER, POINTER, STATE_DIR

if sys.platform != "win32":
    import pwd

SECRET = "k1:Zt4vJq8sXw2nLb6yRm0cHd9fKg3pTe7u"  # noqa: S105 - of no server

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Of clients of plain HTTP: each would read all CAs of the system, for some 50 ms."""

_ADDRESS = re.compile(r"starting at (\S+) ")


class Process:
    """A process of ours that runs until it is told to stop."""

    def __init__(
        self,
        command: tuple[str, ...],
        log: Path,
        cwd: Path,
        env: dict[str, str],
        *,
        afresh: bool,
    ) -> None:
        self.log = log
        with log.open("wb") as file:
            self.process = processes.start(
                command,
                cwd=cwd,
                env=environment(**env),
                stdout=file.fileno(),
                stderr=file.fileno(),
                afresh=afresh,
            )

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    @property
    def said(self) -> str:
        """All that it wrote."""
        return self.log.read_text(encoding="utf-8")

    def told(self, pattern: str | re.Pattern[str]) -> str:
        """What a pattern finds in what it writes, once it does."""

        def found() -> str | None:
            match = re.search(pattern, self.said)
            assert match or self.is_running, self.said
            return match[match.lastindex or 0] if match else None

        return until(found, f"{pattern!r} in {self.said}")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Its exit code, once it has ended after a signal."""
        self.process.send_signal(how)
        return self.wait()

    def wait(self) -> int:
        """Its exit code, once it has ended."""
        return self.process.wait(PATIENCE_SECONDS)

    def kill(self) -> None:
        """End it if a failed test left it running."""
        if self.is_running:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)


class Web(Process):
    """A web process, with the address that it said it listens on."""

    ca: Path | None = None

    @property
    def address(self) -> str:
        """Where it listens, as it said itself."""
        return self.told(_ADDRESS)

    def client(self) -> httpx2.Client:
        """A client of it, that trusts its CA if it has one."""
        context = NO_TLS
        if self.ca is not None:
            context = ssl.create_default_context(cafile=self.ca)
        return httpx2.Client(base_url=self.address, verify=context, timeout=30.0)

    def ready(self) -> dict[str, object]:
        """What `/readyz` says, once it says 200."""

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
    """Where the processes of a test run: a home, a working folder, their logs."""

    base: Path
    afresh: bool = False
    """Whether nothing of ours is forked here: each loads its modules by itself."""

    _started: list[Process] = field(default_factory=list)

    @property
    def home(self) -> Path:
        """UNWRAPPED_HOME of everything that is started here."""
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
        process = kind(command, log, self.cwd, env, afresh=self.afresh)
        self._started.append(process)
        return process

    def serve(self, *options: str, **env: str) -> Web:
        """`unwrapped serve OPTIONS`, on a port that is free."""
        command = (*UNWRAPPED, "serve", "--port", "0", *options)
        web = self.start(Web, command, env)
        if "--https" in options:
            web.ca = self.home / "certs" / "ca.crt"
        return web

    def worker(self, **env: str) -> Process:
        """`unwrapped worker`."""
        return self.start(Process, (*UNWRAPPED, "worker"), env)

    def run(self, *arguments: str, **env: str) -> Outcome:
        """`unwrapped ARGUMENTS`, run to its end in this process."""
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
        # What was forked still shows the environment of the fork server.
        ours = [f"{one.process.pid}: ours" for one in self._started if one.is_running]
        return [
            *ours,
            *processes_of(str(self.home)),
            *processes_of(str(self.cluster())),
        ]

    def assert_nothing_left(self) -> None:
        """All processes are gone, and did not stumble on their way."""
        # A server is still on its way out when it has given its folder back.
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
    """The command lines of processes that run in a folder, or were told of it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environ = (entry / "environ").read_bytes()
            place = str((entry / "cwd").readlink())
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # it has ended, or is none of ours
        if f"={folder}\0".encode() in environ or Path(place).is_relative_to(folder):
            found.append(f"{entry.name}: {command}")
    return found


def assert_not_started(outcome: Outcome, *said: str) -> None:
    """A service that cannot start: exit code 2, the reason, and no traceback."""
    told = outcome.out + outcome.err
    assert outcome.code == 2, outcome
    assert "Traceback" not in told, told
    for words in said:
        assert words in told


def tour(address: str, **env: str) -> str:
    """What `examples/tour.sh` says on its way; it must end well."""
    done = subprocess.run(
        ("bash", str(ROOT / "examples" / "tour.sh")),
        # python3 is the one of these tests.
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
    # Below /tmp, where the server's user can go; pytest's folders are private.
    folder = Path(tempfile.mkdtemp(prefix="unwrapped-own-", dir="/tmp"))
    address = DatabaseAddress(
        user="unwrapped",
        password=secrets.token_urlsafe(12) + "@/: é",
        host="127.0.0.1",
        port=free_port(),
        database="postgres",
    )
    (folder / "password").write_text(address.password, encoding="utf-8")
    if account := programs.account:
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
    """Debian's oldest that are installed (we promise 15 and newer), else the wheel's."""
    account = None
    if os.geteuid() == 0:
        user = pwd.getpwnam(OTHER_USER)
        account = Account(user.pw_uid, user.pw_gid)
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
