"""One home: stopped and started again, and shared by several web processes."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.cluster.cluster import Cluster, Listener, is_living
from tests.cluster.exports import export_of
from tests.waiting import until

ROWS = 300
STOP_SECONDS = 20.0

pytestmark = pytest.mark.long


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An installation with an embedded database of its own."""
    with Cluster(tmp_path_factory.mktemp("restart") / "home") as cluster:
        yield cluster


def test_a_home_keeps_everything_and_can_be_shared(cluster: Cluster) -> None:
    first = cluster.serve().until_ready()
    assert first.readiness() == {
        "status": "ready",
        "database": True,
        "room": True,
        "worker": True,
    }
    ada = Listener(first.url, "ada")
    me = ada.get("/auth/me")
    task_id = ada.begin_import(ada.upload("export.zip", export_of(ROWS)))
    assert ada.until_ended(task_id)["status"] == "completed"
    listens = ada.get("/music/imports")

    # SIGTERM ends all of it: web, worker, database.
    worker, postmaster = first.worker_pid, cluster.postmaster_pid
    assert first.stop(STOP_SECONDS) in {0, -15}
    assert not (cluster.cluster_folder / "data" / "postmaster.pid").exists()
    assert not is_living(worker)
    assert not is_living(postmaster)

    # Without a worker: an import waits.
    second = cluster.serve("--no-worker").until_ready()
    assert second.readiness() == {
        "status": "ready",
        "database": True,
        "room": True,
        "worker": None,
    }
    ada.move_to(second.url)
    assert ada.get("/auth/me") == me  # by the old token
    assert ada.get("/music/imports") == listens
    again = ada.begin_import(ada.upload("export.zip", export_of(ROWS)))
    assert ada.task(again)["status"] == "pending"

    # A second one on the same home shares the database, and has a worker.
    third = cluster.serve().until_ready()
    ada.move_to(third.url)
    task = ada.until_ended(again)
    assert (task["status"], task["attempt"]) == ("completed", 1)
    assert ada.result(again)["known"] == ROWS
    assert ada.result(again)["stored"] == 0

    # The first server to stop leaves the database to the other.
    assert third.stop(STOP_SECONDS) in {0, -15}
    ada.move_to(second.url)
    assert len(ada.get("/music/imports")["items"]) == 2
    cluster.assert_nothing_is_left()

    # A database that dies, killed for its memory say, is started again.
    killed = cluster.postmaster_pid
    os.kill(killed, signal.SIGKILL)

    def revived() -> bool | None:
        with suppress(FileNotFoundError, ValueError):  # it is being written
            return True if cluster.postmaster_pid != killed else None
        return None

    until(revived)
    second.until_ready()
    assert len(ada.get("/music/imports")["items"]) == 2
    assert second.stop(STOP_SECONDS) in {0, -15}
    ada.close()
