"""PostgreSQL servers, standbys of theirs and poolers, as an operator sets them up."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import asyncpg
import pytest

from tests.cli.service import free_port, postgres_programs
from tests.cluster.cluster import children_of
from tests.core.embedded_homes import query
from tests.waiting import until
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.binaries import Programs

OWNER = "unwrapped"


@dataclass
class Place:
    """A folder that the servers' user can write to, gone afterwards, and what runs in it."""

    programs: Programs = field(default_factory=postgres_programs)
    folder: Path = field(
        # Below /tmp, where the servers' user can go; pytest's folders are private.
        default_factory=lambda: Path(tempfile.mkdtemp(prefix="unwrapped-", dir="/tmp"))
    )
    password: str = field(default_factory=lambda: secrets.token_hex(12))
    _running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def write(self, name: str, text: str) -> None:
        """A file that the servers can read."""
        (self.folder / name).write_text(text, encoding="utf-8")
        self.give(name)

    def give(self, name: str = "") -> None:
        """Have a file or folder belong to the servers' user."""
        if account := self.programs.user:
            os.chown(self.folder / name, account.uid, account.gid)

    def succeed(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL to its end, which must be good."""
        done = self.programs.run(program, *arguments, within=self.folder)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, *command: str | Path) -> subprocess.Popen[bytes]:
        """Start a server, as leader of a group of processes."""
        account = self.programs.user
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "PGPASSWORD": self.password},
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=() if account else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._running.append(process)
        return process

    def __enter__(self) -> Self:
        self.give()
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            signal_all(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.folder)


@dataclass
class Postgres:
    """A server on a port of loopback, with a password."""

    place: Place
    name: str
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> DatabaseAddress:
        """Where it is."""
        return DatabaseAddress(
            OWNER, "127.0.0.1", "postgres", self.port, self.place.password
        )

    def initialise(self) -> Self:
        """Make its data folder."""
        self.place.write("password", self.place.password)
        options = ("-A", "scram-sha-256", "--pwfile=password", "-E", "UTF8")
        self.place.succeed(
            "initdb", "-D", self.name, "-U", OWNER, "--locale=C", *options
        )
        return self

    def start(self, *settings: str) -> Self:
        """Start it, and wait until it answers."""
        options = (
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            f"port={self.port}",
            # What each has is small, and there are several on one machine.
            "shared_buffers=64MB",
            *settings,
        )
        self._process = self.place.start(
            self.place.programs.folder / "postgres",
            *("-D", self.name),
            *(part for option in options for part in ("-c", option)),
        )
        until(lambda: self.answer("SELECT 1"), f"{self.name} answers")
        return self

    def standby(self, name: str) -> "Postgres":
        """A server that follows this one, started."""
        source = replace(self.address, parameters=(("application_name", name),))
        self.place.succeed(
            "pg_basebackup", "-D", name, "-d", source.for_adbc(), "-R", "-c", "fast"
        )
        standby = Postgres(self.place, name).start()
        until(
            lambda: self.answer("SELECT pid FROM pg_stat_replication"), "it is followed"
        )
        return standby

    def set(self, setting: str, value: str) -> None:
        """Change a setting of the server, for sessions that are there as well."""
        self.answer(f"ALTER SYSTEM SET {setting} = '{value}'")
        self.answer("SELECT pg_reload_conf()")
        until(
            lambda: self.answer(f"SHOW {setting}") == value or None,
            f"{setting} is {value}",
        )

    def answer(self, statement: str) -> object | None:
        """The first value that a statement answers; None while there is no answer."""
        return answer_of(self.address, statement)

    def signal(self, how: signal.Signals) -> None:
        """Send a signal to the server and to all its processes."""
        assert self._process is not None
        signal_all(self._process.pid, how)


def answer_of(address: DatabaseAddress, statement: str) -> object | None:
    """The first value that a statement answers; None while there is no answer."""
    with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return query(address, statement)
    return None


def signal_all(pid: int, how: signal.Signals) -> None:
    """Send a signal to a process and its children, each of which leads a group."""
    for one in (pid, *children_of(pid)):
        with suppress(ProcessLookupError):
            os.kill(one, how)


def pgbouncer(postgres: Postgres, mode: str, **settings: str) -> DatabaseAddress:
    """A PgBouncer in front of a server, in a mode: `session`, `transaction`, `statement`."""
    place, port = postgres.place, free_port()
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.fail("pgbouncer is not on this machine: apt-get install pgbouncer")
    name = f"pgbouncer-{mode}"
    place.write(f"{name}.users", f'"{OWNER}" "{place.password}"\n')
    options = {
        "pool_mode": mode,
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": f"{name}.users",
        "default_pool_size": "60",
    } | settings
    lines = "".join(f"{option} = {value}\n" for option, value in options.items())
    server = f"* = host=127.0.0.1 port={postgres.port}"
    place.write(f"{name}.ini", f"[databases]\n{server}\n[pgbouncer]\n{lines}")
    place.start(program, f"{name}.ini")
    address = replace(postgres.address, port=port)
    until(lambda: answer_of(address, "SELECT 1"), "pgbouncer answers")
    return address
