"""Scrobbles that were answered are in the history, whichever process is killed."""

import os
import signal

import pytest

from tests.cluster.cluster import Cluster, Listener, is_living
from tests.cluster.player import Reporting
from tests.waiting import until

pytestmark = pytest.mark.long


def _all_there(cluster: Cluster, player: Reporting) -> None:
    """The inbox is empty, and what was answered is in the history."""
    until(lambda: cluster.query("SELECT count(*) FROM scrobble_inbox") == 0 or None)
    player.assert_stored(cluster)


def test_what_was_answered_survives_every_kill(home_cluster: Cluster) -> None:
    cluster = home_cluster
    server = cluster.serve("--no-worker").until_ready()
    worker = cluster.worker()
    listener = Listener(server.url, "ada")
    player = Reporting(listener.make_scrobbling_token("kitchen"))
    listener.close()

    # The worker dies while it merges.
    player.report(server.url, 10)
    worker.kill()
    worker = cluster.worker()
    _all_there(cluster, player)

    # Everything dies between the answer and the merge, the database as well.
    os.kill(worker.pid, signal.SIGSTOP)
    postmaster = cluster.postmaster_pid
    stored = cluster.query("SELECT count(*) FROM listen")
    player.report(server.url, 4)
    assert cluster.query("SELECT count(*) FROM listen") == stored
    for pid in (worker.pid, server.pid, postmaster):
        os.kill(pid, signal.SIGKILL)
    server.process.wait(30)
    until(lambda: None if is_living(postmaster) else True, seconds=30)
    cluster.serve("--no-worker").until_ready()
    cluster.worker()
    _all_there(cluster, player)
    assert len(player.answered) == 70
