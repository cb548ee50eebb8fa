"""Scrobbles that were answered are in the history, whoever is killed meanwhile."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import httpx2
import pytest

from tests.cli.service import NO_TLS
from tests.cluster.cluster import Cluster, Listener, Server, children_of, is_living
from tests.waiting import until

AT = 1_700_000_000

pytestmark = pytest.mark.long


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """An installation with an embedded database of its own."""
    with Cluster(tmp_path_factory.mktemp("scrobbles") / "home") as cluster:
        yield cluster


@dataclass
class Reporting:
    """A player, and what it was answered 200 for."""

    token: str
    sent: int = 0
    answered: set[int] = field(default_factory=set)

    def report(self, url: str, batches: int) -> None:
        """Submit listens nobody has submitted yet."""
        headers = {"Authorization": f"Token {self.token}"}
        with httpx2.Client(base_url=url, verify=NO_TLS, headers=headers) as client:
            for _ in range(batches):
                self._submit(client)

    def _submit(self, client: httpx2.Client) -> None:
        times = [AT + 300 * (self.sent + n) for n in range(5)]
        self.sent += len(times)
        listens = [
            {
                "listened_at": at,
                "track_metadata": {"artist_name": "A", "track_name": f"T {at % 7}"},
            }
            for at in times
        ]
        body = {"listen_type": "import", "payload": listens}
        with suppress(httpx2.TransportError):
            answer = client.post("/1/submit-listens", json=body)
            if answer.status_code == 200:
                self.answered |= set(times)


def _worker(server: Server) -> int:
    """The process id of the worker, as soon as there is one again."""
    return until(lambda: next(iter(children_of(server.pid)), None))


def _stopped(server: Server) -> int:
    """The worker, which merges nothing from now on."""
    pid = _worker(server)
    os.kill(pid, signal.SIGSTOP)
    return pid


def _all_there(cluster: Cluster, player: Reporting) -> None:
    """Every listen that was answered is stored once, and none twice."""
    until(lambda: cluster.query("SELECT count(*) FROM scrobble_inbox") == 0 or None)
    moments = ",".join(f"to_timestamp({at})" for at in sorted(player.answered))
    found = f"SELECT count(*) FROM listen WHERE started_at IN ({moments})"  # noqa: S608
    assert cluster.query(found) == len(player.answered)
    assert cluster.query("SELECT count(*) FROM listen") == cluster.query(
        "SELECT count(DISTINCT started_at) FROM listen"
    )


def test_what_was_answered_survives_every_kill(cluster: Cluster) -> None:
    server = cluster.serve().until_ready()
    listener = Listener(server.url, "ada")
    made = httpx2.post(
        f"{server.url}/api/v1/music/scrobbles/tokens",
        json={"name": "kitchen"},
        headers=listener.headers,
        verify=NO_TLS,
    )
    player = Reporting(made.json()["token"])
    listener.close()

    # The worker dies between the answer and the merge.
    worker = _stopped(server)
    player.report(server.url, 4)
    assert cluster.query("SELECT count(*) FROM listen") == 0
    os.kill(worker, signal.SIGKILL)
    _all_there(cluster, player)

    # It dies while it merges.
    server.until_ready()
    player.report(server.url, 10)
    os.kill(_worker(server), signal.SIGKILL)
    _all_there(cluster, player)

    # Everything dies, the database as well.
    server.until_ready()
    worker, postmaster = _stopped(server), cluster.postmaster_pid
    player.report(server.url, 4)
    for pid in (worker, server.pid, postmaster):
        os.kill(pid, signal.SIGKILL)
    server.process.wait(30)
    until(lambda: None if is_living(postmaster) else True, seconds=30)
    server = cluster.serve().until_ready()
    _all_there(cluster, player)
    assert len(player.answered) == 90
