"""Five machines that share a database and a bucket, and nothing else."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
import pytest

from tests.cluster.cluster import Cluster, Listener, Running, cluster_on_clone
from tests.cluster.exports import export_of
from tests.core.buckets import Bucket, make_bucket, s3_server
from tests.waiting import until
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.music.analysis.portrait import paint_portrait
from unwrapped.music.critic.house_critic import HouseCritic
from unwrapped.music.history.building import build_history
from unwrapped.music.history.period import Period
from unwrapped.music.sources.upload_reading import read_upload

ROWS = 300
LISTENERS = 3
ZONE = "Europe/Berlin"

# In the database of the test alone: its server has those of other tests, too.
WAITING = """SELECT count(*) FROM pg_locks
JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted"""

pytestmark = pytest.mark.long


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """Where uploads wait for their import."""
    with s3_server() as endpoint:
        yield make_bucket(endpoint)


@pytest.fixture
def cluster(
    template: DatabaseAddress, bucket: Bucket, tmp_path: Path
) -> Iterator[Cluster]:
    """An installation without a home that machines could share."""
    environment = bucket.environment | {"LOG_FORMAT": "json"}
    with cluster_on_clone(template, tmp_path / "nobody", **environment) as cluster:
        yield cluster


@dataclass(frozen=True, slots=True)
class Machines:
    """Starts processes, each with folders of its own."""

    cluster: Cluster
    folder: Path

    def web(self, name: str) -> str:
        """A web process; its address."""
        server = self.cluster.serve("--no-worker", **self._folders(name))
        return server.until_ready().url

    def worker(self, name: str) -> Running:
        """A worker that is about to take tasks."""
        worker = self.cluster.worker(**self._folders(name))
        until(lambda: True if "worker.ready" in worker.log.read_text() else None)
        return worker

    def _folders(self, name: str) -> dict[str, str]:
        home, scratch = self.folder / name, self.folder / f"{name}-tmp"
        scratch.mkdir()
        return {"UNWRAPPED_HOME": str(home), "TMPDIR": str(scratch)}

    def files(self) -> list[Path]:
        """What the processes have left on their disks."""
        return [path for path in self.folder.rglob("*") if path.is_file()]


@contextmanager
def held(cluster: Cluster, listeners: list[Listener]) -> Iterator[None]:
    """While the context lasts, imports of these listeners wait in their last step."""
    with asyncio.Runner() as runner:
        connection = runner.run(asyncpg.connect(cluster.environment["DATABASE_URL"]))
        for listener in listeners:
            name = f"unwrapped.history.{listener.get('/auth/me')['id']}"
            lock = "SELECT pg_advisory_lock(hashtextextended($1, 0))"
            runner.run(connection.execute(lock, name))
        yield
        runner.run(connection.close())


def until_waiting(cluster: Cluster, count: int) -> None:
    """Wait until `count` connections wait for a held listener."""
    until(lambda: True if cluster.query(WAITING) == count else None)


def attempts(worker: Running) -> dict[str, tuple[int, str]]:
    """The tasks that a worker has tried, each with the attempt and its outcome."""
    lines = map(json.loads, worker.log.read_text().splitlines())
    return {
        line["task_id"]: (line["attempt"], line["outcome"])
        for line in lines
        if line["event"] == "task.attempt"
    }


def test_machines_share_the_work_and_take_over_from_one_that_dies(
    cluster: Cluster, bucket: Bucket, tmp_path: Path
) -> None:
    machines = Machines(cluster, tmp_path / "machines")
    machines.folder.mkdir()
    webs = [machines.web(f"web-{number}") for number in range(2)]
    export = export_of(ROWS)
    listeners, tasks = [], []
    for number in range(LISTENERS):
        listener = Listener(webs[number % 2], f"listener-{number}")
        listeners.append(listener)
        upload = listener.upload("export.zip", export)
        listener.move_to(webs[(number + 1) % 2])
        tasks.append((listener, upload))
    assert len(bucket.keys()) == LISTENERS

    doomed = machines.worker("worker-0")
    with held(cluster, listeners):
        imports = [listener.begin_import(upload) for listener, upload in tasks[:1]]
        until_waiting(cluster, 1)
        doomed.kill()
        workers = [machines.worker(f"worker-{number}") for number in (1, 2)]
        imports += [listener.begin_import(upload) for listener, upload in tasks[1:]]
        # A worker imports one at a time: both work, and the dead one's child has ended.
        until_waiting(cluster, 2)
    for number, (listener, task_id) in enumerate(zip(listeners, imports, strict=True)):
        task = listener.until_ended(task_id)
        assert (task["status"], task["attempt"]) == ("completed", 2 - (number > 0))
        books = listener.result(task_id)
        assert (books["rows_read"], books["stored"], books["known"]) == (ROWS, ROWS, 0)

    judged = listeners[0].begin_analysis(ZONE)
    assert listeners[0].until_ended(judged)["status"] == "completed"
    assert listeners[0].portrait(judged) == portrait_of(export, tmp_path)

    assert attempts(doomed) == {}
    done = [attempts(worker) for worker in workers]
    assert all(done)
    assert done[0] | done[1] == {
        task_id: (1 + (task_id == imports[0]), "completed")
        for task_id in (*imports, judged)
    }
    cluster.assert_nothing_is_left()
    # Uploads go with their imports; copies of histories stay, to be read again.
    kept = bucket.keys()
    assert [key for key in kept if "/statistics/" not in key] == []
    assert bucket.unfinished() == []
    assert machines.files() == []
    for listener in listeners:
        listener.close()


def portrait_of(export: bytes, folder: Path) -> object:
    """What `unwrapped analyze --json` says of an export."""
    path = folder / "export.zip"
    path.write_bytes(export)
    history = build_history(read_upload([path]))
    portrait = paint_portrait(
        history, Period.parse("all"), ZoneInfo(ZONE), HouseCritic()
    )
    return json.loads(msgspec.json.encode(portrait))
