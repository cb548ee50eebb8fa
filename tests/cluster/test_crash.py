"""kill -9 in the middle of an import, at seeded moments: the import ends once, complete.

Two moments in every test run; ten with `CRASH_MOMENTS=10`:

    CRASH_MOMENTS=10 uv run pytest tests/cluster/test_crash.py -n 0 -s
"""

import os
import random
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, Listener, Running, Server, is_living
from tests.cluster.exports import export_of
from tests.waiting import until

ROWS = 50_000
SEED = 20_261_122
LOWEST, HIGHEST = 0.2, 0.9
VICTIMS = ("the worker", "web and worker", "everything")
MOMENTS = int(os.environ.get("CRASH_MOMENTS", "2"))

pytestmark = pytest.mark.long


@dataclass(frozen=True, slots=True)
class Moment:
    """When processes are killed, and which."""

    number: int
    progress: float
    """They are killed after the API returns this progress,"""

    pause: float
    """and after this many seconds more."""

    victims: str


def moments(count: int) -> list[Moment]:
    """Return the same moments in each run."""
    chance = random.Random(SEED)  # noqa: S311 - to be repeated, not to be secret
    return [
        # The last progress below 0.9 that is reported is 0.72: most of the time is spent there.
        Moment(
            number,
            chance.uniform(LOWEST, 0.72),
            chance.uniform(0.0, 0.4),
            VICTIMS[number % len(VICTIMS)],
        )
        for number in range(count)
    ]


def test_an_import_that_is_killed_ends_once_and_whole(
    home_cluster: Cluster, subtests: pytest.Subtests
) -> None:
    export = export_of(ROWS)
    running = start(home_cluster)
    for moment in moments(MOMENTS):
        with subtests.test(moment=moment):
            running = import_and_kill(home_cluster, *running, export, moment)


def start(cluster: Cluster) -> tuple[Server, Running]:
    """Start a web process, and a worker once there is a database."""
    return cluster.serve("--no-worker").until_ready(), cluster.worker()


def import_and_kill(
    cluster: Cluster, server: Server, worker: Running, export: bytes, moment: Moment
) -> tuple[Server, Running]:
    """Begin an import of one listener, kill it at the moment, and wait for its end.

    Returns the processes that run then.
    """
    listener = Listener(server.url, f"listener-{moment.number}")
    task_id = listener.begin_import(listener.upload("export.zip", export))
    progress = until_moment(listener, task_id, moment)
    kill(cluster, server, worker, moment.victims)
    begun = time.perf_counter()
    if moment.victims == VICTIMS[0]:
        worker = cluster.worker()
    else:
        server, worker = start(cluster)
        listener.move_to(server.url)
    task = listener.until_ended(task_id)
    seconds = time.perf_counter() - begun
    result = listener.result(task_id)
    row = f"| {moment.number} | {progress:.2f} + {moment.pause:.2f} s | {moment.victims} | {task['status']} | {task['attempt']} | {result['stored']:,} | {seconds:.1f} |"
    with Path(cluster.home.parent / "moments.md").open("a") as file:
        file.write(row + "\n")
    print(row)  # noqa: T201 - the table that `-s` shows
    assert (task["status"], task["attempt"]) in {("completed", 2), ("completed", 3)}
    assert task["error_code"] is None
    assert result["stored"] == ROWS
    assert result["known"] == 0
    whose = f"user_id = {listener.get('/auth/me')['id']}"
    assert cluster.query(f"SELECT count(*) FROM listen WHERE {whose}") == ROWS  # noqa: S608
    assert cluster.query(f"SELECT count(*) FROM history_import WHERE {whose}") == 1  # noqa: S608
    cluster.assert_nothing_is_left()
    listener.close()
    return server, worker


def until_moment(listener: Listener, task_id: str, moment: Moment) -> float:
    """Wait for the moment; return the last progress that the API returned."""
    progress = 0.0
    reached: float | None = None
    while reached is None or time.monotonic() - reached < moment.pause:
        task = listener.task(task_id)
        progress = task["progress"]
        assert task["status"] in {"pending", "processing"}, "the moment was missed"
        assert progress <= HIGHEST, "the moment was missed"
        if reached is None and progress >= moment.progress:
            reached = time.monotonic()
        time.sleep(0.05)  # a progress is written four times a second
    assert LOWEST <= progress <= HIGHEST
    return progress


def kill(cluster: Cluster, server: Server, worker: Running, victims: str) -> None:
    """kill -9, all at once."""
    pids = [worker.pid]
    if victims != VICTIMS[0]:
        pids.append(server.pid)
    postmaster = cluster.postmaster_pid
    if victims == VICTIMS[2]:
        pids.append(postmaster)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if victims != VICTIMS[0]:
        server.process.wait(30)
    if victims == VICTIMS[2]:
        # Its children notice by themselves; a new server waits until they are gone.
        until(lambda: True if not is_living(postmaster) else None, seconds=30)
