"""Homes for the tests of the embedded server, and processes that use them."""

import asyncio
import os
import pwd
import select
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import asyncpg

from tests.processes import PIPE, UNWRAPPED, Process, environment, start
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.core.postgres.binaries import Programs, SystemUser, copied
from unwrapped.core.postgres.cluster import Cluster
from unwrapped.core.postgres.embedded import start_embedded

CHILD = (*UNWRAPPED[:2], "tests.core.embedded_child")
STDERR = 2
IS_ROOT = os.geteuid() == 0
OTHER_USER = "nobody"
TIMEOUT_SECONDS = 60.0
ROOM = 4 * 1024**3
"""Bytes."""


def short_folder() -> Path:
    """A new folder with a short path that every user can enter.

    In memory where there is room, since most of the work is the making of clusters,
    a thousand files each.
    """
    memory = Path("/dev/shm")  # noqa: S108 - a new folder
    place = "/tmp"  # noqa: S108 - likewise
    if memory.is_dir():
        found = os.statvfs(memory)
        if found.f_bavail * found.f_frsize > ROOM and not found.f_flag & os.ST_NOEXEC:
            place = str(memory)
    folder = Path(tempfile.mkdtemp(prefix="uw-", dir=place))
    folder.chmod(0o755)
    return folder


def query(address: DatabaseAddress, statement: str) -> object:
    """The first value that a statement answers, on a connection of its own."""

    async def ask() -> object:
        connection = await asyncpg.connect(address.for_asyncpg(), timeout=10)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def is_listening(address: DatabaseAddress) -> bool:
    """Whether somebody accepts connections on the address's socket."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(f"{address.host}/.s.PGSQL.{address.port}")
        except OSError:
            return False
    return True


def settle(
    home: Path, data: Path, place: Path | None = None, user: str | None = None
) -> None:
    """Give a home a copy of a cluster's data, which may become a user's.

    Root keeps it in a place of its own.
    """
    folder = home / "postgres"
    folder.mkdir(mode=0o700, parents=True)
    if place is not None:
        place.mkdir(mode=0o700, parents=True)
        (place / "home").write_text(str(home))
        (folder / "cluster").write_text(str(place))
    subprocess.run(["cp", "-a", data, (place or folder) / "data"], check=True)
    if user is not None:
        subprocess.run(["chown", "-R", user, folder], check=True)
    elif IS_ROOT:
        os.chown(place or folder, data.stat().st_uid, data.stat().st_gid)


class Child:
    """A process that uses the server of a home."""

    def __init__(self, process: Process) -> None:
        self.process = process

    def hear(self) -> str:
        """The next line that it says."""
        assert self.process.stdout is not None
        heard, _, _ = select.select([self.process.stdout], [], [], TIMEOUT_SECONDS)
        assert heard, "the child says nothing"
        return self.process.stdout.readline().decode().rstrip("\n")

    def ready(self) -> DatabaseAddress:
        """The address that it was given."""
        kind, _, rest = self.hear().partition(" ")
        assert kind == "ready", rest
        return DatabaseAddress.parse(rest)

    def refused(self) -> str:
        """The code and the message that it was refused with: one line."""
        kind, _, rest = self.hear().partition(" ")
        assert kind == "refused", rest
        assert self.process.wait(TIMEOUT_SECONDS) == 0
        return rest

    def end(self) -> None:
        """Let it end as it should."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.hear() == "released"
        assert self.process.wait(TIMEOUT_SECONDS) == 0

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(TIMEOUT_SECONDS)

    def close(self) -> None:
        """Kill it, also if it is stopped."""
        self.kill()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()


@dataclass
class Homes:
    """A folder for homes, which are gone at the end; root's clusters are apart."""

    state_dir: Path
    base: Path = field(default_factory=short_folder)
    children: list[Child] = field(default_factory=list)

    def make(self, name: str = "home", user: str | None = None) -> Path:
        """An empty home that belongs to a user."""
        home = self.base / name
        home.mkdir(parents=True)
        if user:
            shutil.chown(home, user)
        return home

    def with_cluster(self, user: str | None = None) -> Path:
        """A home as an earlier start left it, with an empty database.

        Its cluster is a copy: to make one costs ten times as much.
        """
        home = self.make(user=user)
        is_apart = IS_ROOT and not user
        place = self.state_dir / "clusters" / "copy" if is_apart else None
        settle(home, self._template(), place, user)
        return home

    def _template(self) -> Path:
        """The data of a new cluster, kept for all tests that share the state."""
        template = self.state_dir / "template"
        if not template.exists():
            home = self.make("template")
            start_embedded(home, self.state_dir).release()
            (self.folder(home) / "data").rename(template)
        return template

    def child(
        self, home: Path, user: str | None = None, *, limit_kib: int | None = None
    ) -> Child:
        """A process that uses the server of a home, as a user; files may be limited."""
        command = [*CHILD, str(home), str(self.state_dir)]
        env = environment(SECRET_KEY="do not hand this on")  # noqa: S106 - a decoy
        if user:
            command += [user, str(copied(self.state_dir).parents[2])]
        if limit_kib is not None:
            env["LIMIT_KIB"] = str(limit_kib)
        if user or limit_kib is not None:
            # The limit does not apply to a user who may not write here.
            env = {k: v for k, v in env.items() if not k.startswith("COVERAGE_")}
        process = start(command, env=env, stdin=PIPE, stdout=PIPE, stderr=STDERR)
        self.children.append(Child(process))
        return self.children[-1]

    def programs_of(self, user: str) -> Programs:
        """PostgreSQL's programs, to be run by root as another user."""
        account = pwd.getpwnam(user)
        return Programs(
            copied(self.state_dir), SystemUser(account.pw_uid, account.pw_gid)
        )

    def folder(self, home: Path) -> Path:
        """The folder of the cluster of a home."""
        pointer = home / "postgres" / "cluster"
        return home / pointer.read_text() if pointer.exists() else home / "postgres"

    def cluster(self, home: Path, patience: float = 60.0) -> Cluster:
        """The cluster of a home, as the user whom it belongs to."""
        return self._cluster_in(self.folder(home), patience)

    def _cluster_in(self, folder: Path, patience: float = 60.0) -> Cluster:
        owner = folder.stat()
        account = SystemUser(owner.st_uid, owner.st_gid) if IS_ROOT else None
        return Cluster(folder, Programs(copied(self.state_dir), account), patience)

    def postmaster(self, home: Path) -> int:
        """The process id of the server of a home."""
        file = self.folder(home) / "data" / "postmaster.pid"
        return int(file.read_text().partition("\n")[0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """End the processes, stop the servers, remove the folders."""
        for child in self.children:
            child.close()
        for root in (self.base, self.state_dir / "clusters"):
            for file in root.rglob("data/postmaster.pid"):
                self._cluster_in(file.parents[1]).stop()
        shutil.rmtree(self.base)
        shutil.rmtree(self.state_dir / "clusters", ignore_errors=True)


def owner_of(path: Path) -> str:
    """The name of the user whom a file belongs to."""
    return pwd.getpwuid(path.stat().st_uid).pw_name
