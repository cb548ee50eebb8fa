"""Several web processes and workers on one database."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.cluster.cluster import Cluster, Listener, Server, cluster_on_clone
from tests.cluster.exports import export_of
from unwrapped.core.postgres.addresses import DatabaseAddress

BEGINS = 20
USERS = 2
ROWS = 50


@pytest.fixture
def cluster(template: DatabaseAddress, tmp_path: Path) -> Iterator[Cluster]:
    """An installation on a database of its own on the tests' server."""
    with cluster_on_clone(template, tmp_path / "home") as cluster:
        yield cluster


@pytest.fixture
def webs(cluster: Cluster) -> list[Server]:
    """Two web processes without workers."""
    servers = [cluster.serve("--no-worker") for _ in range(2)]
    return [server.until_ready() for server in servers]


def test_two_web_processes_and_two_workers_do_each_import_once(
    cluster: Cluster, webs: list[Server]
) -> None:
    assert [web.readiness() for web in webs] == [
        {"status": "ready", "database": True, "room": True, "worker": None}
    ] * 2
    listener = Listener(webs[0].url, "ada")
    upload = listener.upload("export.zip", export_of(ROWS))
    tasks = asyncio.run(begin_at_once(webs, listener, [upload] * BEGINS))
    assert len(tasks) == BEGINS
    assert len(set(tasks)) == 1
    assert cluster.query("SELECT count(*) FROM background_task") == 1
    assert cluster.query("SELECT count(*) FROM pgq.pgqueuer") == 1
    for _ in range(2):
        cluster.worker()
    task = listener.until_ended(tasks[0])
    assert (task["status"], task["attempt"]) == ("completed", 1)
    assert listener.result(tasks[0])["stored"] == ROWS
    # Two different uploads of one listener at once, by two processes: two imports.
    others = [
        listener.upload("export.zip", export_of(ROWS, artist=artist))
        for artist in ("Some", "Other")
    ]
    tasks = asyncio.run(begin_at_once(webs, listener, others))
    assert len(set(tasks)) == 2
    for task_id in set(tasks):
        assert listener.until_ended(task_id)["status"] == "completed"
        assert listener.result(task_id)["stored"] == ROWS
    imports = 3 + import_of_many(webs)
    assert cluster.query("SELECT count(*) FROM history_import") == imports
    counts = "SELECT count(*) AS listens FROM listen GROUP BY user_id"
    for extreme, files in (("min", 2), ("max", 3)):
        found = cluster.query(f"SELECT {extreme}(listens) FROM ({counts}) AS counts")  # noqa: S608 - the test's own
        assert found == files * ROWS
    cluster.assert_nothing_is_left()
    listener.close()


async def begin_at_once(
    webs: list[Server], listener: Listener, uploads: list[str]
) -> list[str]:
    """Begin an import of each upload, in turns of web processes; the tasks' ids."""
    limits = httpx2.Limits(max_connections=len(uploads))
    async with httpx2.AsyncClient(
        headers=listener.headers, limits=limits, timeout=60
    ) as client:
        answers = await asyncio.gather(
            *(
                client.post(
                    f"{webs[number % len(webs)].url}/api/v1/music/imports",
                    json={"uploads": [upload]},
                )
                for number, upload in enumerate(uploads)
            )
        )
    assert {answer.status_code for answer in answers} == {202}
    return [answer.json()["id"] for answer in answers]


def import_of_many(webs: list[Server]) -> int:
    """Import two exports of each of some users; return the number of imports."""
    exports = [export_of(ROWS, artist=artist) for artist in ("One", "Two")]
    users = [
        Listener(webs[number % 2].url, f"user-{number}") for number in range(USERS)
    ]
    begun: list[tuple[Listener, str]] = []
    for number, export in enumerate(exports):
        for place, user in enumerate(users):
            user.move_to(webs[(place + number) % 2].url)
            begun.append((user, user.begin_import(user.upload("export.zip", export))))
    for user, task_id in begun:
        task = user.until_ended(task_id)
        assert (task["status"], task["attempt"]) == ("completed", 1)
        assert user.result(task_id)["stored"] == ROWS
    for user in users:
        user.close()
    return len(begun)
