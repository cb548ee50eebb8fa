"""Real processes of the service, and a listener who talks to them over HTTP."""

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncpg
import httpx2

from tests import processes
from tests.cli.service import NO_TLS
from tests.conftest import SECRET
from tests.databases import cloned
from tests.processes import UNWRAPPED, Process, environment
from tests.waiting import PATIENCE_SECONDS, until
from unwrapped.core.postgres.addresses import DatabaseAddress

FINAL = {"completed", "failed", "cancelled"}

_STARTING = re.compile(r"Unwrapped is starting at (\S+)")


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, check=True
    )
    pairs = (line.split() for line in listed.stdout.decode().splitlines())
    return [int(child) for child, parent in pairs if int(parent) == pid]


def is_living(pid: int) -> bool:
    """Whether a process lives; one that nobody has waited for does not."""
    listed = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False
    )
    state = listed.stdout.decode().strip()
    return bool(state) and not state.startswith("Z")


@dataclass(slots=True)
class Running:
    """A process of the service."""

    process: Process
    log: Path

    @property
    def pid(self) -> int:
        """Its id."""
        return self.process.pid

    def stop(self, seconds: float = 60.0) -> int:
        """SIGTERM; its exit code."""
        self.process.terminate()
        return self.process.wait(seconds)

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)


@dataclass(slots=True)
class Server(Running):
    """`unwrapped serve`."""

    @property
    def url(self) -> str:
        """Where it is reached; known as soon as it says so."""

        def said() -> str | None:
            self.check_alive()
            match = _STARTING.search(self.log.read_text())
            return match[1] if match else None

        return until(said)

    def check_alive(self) -> None:
        """Fail with its log when it has ended."""
        assert self.process.poll() is None, self.log.read_text()

    def readiness(self) -> dict[str, Any] | None:
        """What `/readyz` says; None while it says nothing."""
        self.check_alive()
        try:
            answer = httpx2.get(f"{self.url}/readyz", verify=NO_TLS, timeout=5)
        except httpx2.TransportError:
            return None
        read: dict[str, Any] = answer.json()
        assert (answer.status_code == 200) == (read["status"] == "ready")
        return read

    def until_ready(self) -> Self:
        """Wait until it can serve."""

        def ready() -> bool | None:
            read = self.readiness()
            return True if read and read["status"] == "ready" else None

        until(ready)
        return self


@dataclass(slots=True)
class Cluster:
    """The processes of one installation, all ended in the end."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)
    _started: list[Running] = field(default_factory=list)

    def serve(self, *options: str, **over: str) -> Server:
        """Start `unwrapped serve` on a free port."""
        process, log = self._start(("serve", "--port", "0", *options), over)
        server = Server(process, log)
        self._started.append(server)
        return server

    def worker(self, **over: str) -> Running:
        """Start `unwrapped worker`."""
        process, log = self._start(("worker",), over)
        self._started.append(Running(process, log))
        return self._started[-1]

    def _start(
        self, command: tuple[str, ...], over: dict[str, str]
    ) -> tuple[Process, Path]:
        self.home.mkdir(parents=True, exist_ok=True)
        log = self.home.parent / f"{self.home.name}-{len(self._started)}.log"
        ours = {
            "UNWRAPPED_HOME": str(self.home),
            "WORKER_HEARTBEAT_SECONDS": "2",
            "WORKER_GRACE_SECONDS": "10",
        }
        with log.open("wb") as file:
            process = processes.start(
                (*UNWRAPPED, *command),
                env=environment(**ours | self.environment | over),
                stdout=file.fileno(),
                stderr=file.fileno(),
            )
        return process, log

    @property
    def cluster_folder(self) -> Path:
        """Where the embedded database of the home is."""
        pointer = self.home / "postgres" / "cluster"
        if pointer.exists():
            return self.home / pointer.read_text().strip()
        return self.home / "postgres"

    @property
    def postmaster_pid(self) -> int:
        """The process id of the embedded database server."""
        file = self.cluster_folder / "data" / "postmaster.pid"
        return int(file.read_text().partition("\n")[0])

    def query(self, statement: str) -> int:
        """The number that a statement answers."""

        async def ask() -> int:
            connection = await asyncpg.connect(self._dsn())
            try:
                return int(await connection.fetchval(statement))
            finally:
                await connection.close()

        return asyncio.run(ask())

    def _dsn(self) -> str:
        if url := self.environment.get("DATABASE_URL"):
            return url
        pid_file = self.cluster_folder / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        return f"postgresql://postgres@/unwrapped?host={lines[4]}&port={lines[3]}"

    def objects(self) -> list[Path]:
        """Files in the object store."""
        folder = self.home / "uploads"
        return [path for path in folder.rglob("*") if path.is_file()]

    def assert_nothing_is_left(self) -> None:
        """No job, no row in staging, no upload is left of what was done."""

        def idle() -> bool | None:
            return (
                True if self.query("SELECT count(*) FROM pgq.pgqueuer") == 0 else None
            )

        until(idle)
        assert self.query("SELECT count(*) FROM uploaded_file") == 0
        assert (
            self.query(
                "SELECT count(*) FROM pg_class WHERE relname LIKE 'staged%'"
                " AND relkind = 'r'"
            )
            == 0
        )
        assert self.objects() == []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End what runs: as it should while that works, then with -9."""
        for running in self._started:
            if running.process.poll() is None:
                running.process.terminate()
        for running in self._started:
            try:
                running.process.wait(30)
            except subprocess.TimeoutExpired:
                running.kill()
        if "DATABASE_URL" not in self.environment:
            self._remove_database()

    def _remove_database(self) -> None:
        folder = self.cluster_folder
        file = folder / "data" / "postmaster.pid"
        if file.exists():
            os.kill(self.postmaster_pid, signal.SIGQUIT)
            until(lambda: None if file.exists() else True, seconds=30)
        if folder != self.home / "postgres":
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def cluster_on_clone(
    template: DatabaseAddress, home: Path, **environment: str
) -> Iterator[Cluster]:
    """An installation on a database of its own on the tests' server."""
    with asyncio.Runner() as runner:
        context = cloned(template)
        address = runner.run(context.__aenter__())
        ours = {"DATABASE_URL": address.for_asyncpg(), "SECRET_KEY": SECRET}
        try:
            with Cluster(home, ours | environment) as cluster:
                yield cluster
        finally:
            runner.run(context.__aexit__(None, None, None))


def _client(url: str) -> httpx2.Client:
    return httpx2.Client(base_url=f"{url}/api/v1", verify=NO_TLS, timeout=60)


class Listener:
    """Somebody with an account."""

    def __init__(self, url: str, name: str, *, new: bool = True) -> None:
        self._client = _client(url)
        account = {"username": name, "password": "correct horse battery"}
        if new:
            registered = self._client.post("/auth/register", json=account)
            assert registered.status_code == 201, registered.text
        signed_in = self._client.post("/auth/token", data=account)
        assert signed_in.status_code == 200, signed_in.text
        self.headers = {"Authorization": f"Bearer {signed_in.json()['access_token']}"}

    def move_to(self, url: str) -> None:
        """Talk to another web process from now on."""
        self._client.close()
        self._client = _client(url)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def get(self, path: str) -> Any:
        """What an endpoint answers."""
        answer = self._client.get(path, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def upload(self, name: str, content: bytes) -> str:
        """Send a file; its id."""
        answer = self._client.post(
            "/music/uploads",
            params={"name": name},
            content=content,
            headers=self.headers,
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def begin_import(self, *uploads: str) -> str:
        """Begin an import; the task's id."""
        answer = self._client.post(
            "/music/imports", json={"uploads": uploads}, headers=self.headers
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def make_scrobbling_token(self, name: str) -> str:
        """A token for a player."""
        answer = self._client.post(
            "/music/scrobbles/tokens", json={"name": name}, headers=self.headers
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["token"])

    def states(self, task_id: str) -> list[str]:
        """The states in the stream of a task's events, to its end."""
        path = f"/tasks/{task_id}/events"
        with self._client.stream("GET", path, headers=self.headers) as answer:
            data = [line for line in answer.iter_lines() if line.startswith("data:")]
        return [json.loads(line.removeprefix("data:"))["status"] for line in data]

    def begin_analysis(self, zone: str) -> str:
        """Begin judging the whole history; the task's id."""
        answer = self._client.post(
            "/music/analysis/begin", params={"tz": zone}, headers=self.headers
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def portrait(self, task_id: str) -> Any:
        """The portrait that an analysis has made."""
        return self.get(f"/music/analysis/result?task={task_id}")

    def task(self, task_id: str) -> dict[str, Any]:
        """The present state of a task."""
        read: dict[str, Any] = self.get(f"/tasks/{task_id}")
        return read

    def until_ended(self, task_id: str) -> dict[str, Any]:
        """A task once it has ended."""

        def final() -> dict[str, Any] | None:
            try:
                read = self.task(task_id)
            except httpx2.TransportError:
                return None
            return read if read["status"] in FINAL else None

        return until(final)

    def result(self, task_id: str) -> dict[str, Any]:
        """The result of a task."""
        read: dict[str, Any] = self.get(f"/tasks/{task_id}/result")
        return read
