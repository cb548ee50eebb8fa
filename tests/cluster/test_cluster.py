"""Several web processes and workers on one database."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from tests.cluster.cluster import Cluster, Listener, Running, Server
from tests.cluster.exports import export_of
from tests.conftest import SECRET
from tests.databases import cloned
from unwrapped.core.addresses import DatabaseAddress

BEGINS = 50
USERS = 10
ROWS = 300

pytestmark = pytest.mark.xdist_group("cluster")


@pytest.fixture(scope="module")
def cluster(
    template: DatabaseAddress, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """An installation on a database of its own on the tests' server."""
    context = cloned(template)
    home: Path = tmp_path_factory.mktemp("cluster") / "home"
    with asyncio.Runner() as runner:
        address = runner.run(context.__aenter__())
        environment = {"DATABASE_URL": address.for_asyncpg(), "SECRET_KEY": SECRET}
        try:
            with Cluster(home, environment) as cluster:
                yield cluster
        finally:
            runner.run(context.__aexit__(None, None, None))


@pytest.fixture(scope="module")
def webs(cluster: Cluster) -> list[Server]:
    """Two web processes without workers."""
    servers = [cluster.serve("--no-worker") for _ in range(2)]
    return [server.until_ready() for server in servers]


@pytest.fixture(scope="module")
def workers() -> list[Running]:
    """The workers that run: none until `with_workers` is asked for."""
    return []


def employ(cluster: Cluster, workers: list[Running], count: int) -> None:
    """Let so many workers run."""
    while len(workers) < count:
        workers.append(cluster.worker())


def test_fifty_begins_at_once_over_two_web_processes_are_one_task(
    cluster: Cluster, webs: list[Server], workers: list[Running]
) -> None:
    assert [web.readiness() for web in webs] == [
        {"status": "ready", "database": True, "worker": None}
    ] * 2
    listener = Listener(webs[0].url, "ada")
    upload = listener.upload("export.zip", export_of(ROWS))
    tasks = asyncio.run(begin_often(webs, listener, upload))
    assert len(tasks) == BEGINS
    assert len(set(tasks)) == 1
    assert cluster.query("SELECT count(*) FROM background_task") == 1
    assert cluster.query("SELECT count(*) FROM pgq.pgqueuer") == 1
    employ(cluster, workers, 2)
    task = listener.until_ended(tasks[0])
    assert (task["status"], task["attempt"]) == ("completed", 1)
    assert listener.result(tasks[0])["stored"] == ROWS
    cluster.assert_nothing_is_left()
    listener.close()


async def begin_often(webs: list[Server], listener: Listener, upload: str) -> list[str]:
    """Begin the import of an upload, everywhere at once; the tasks that were told."""
    limits = httpx2.Limits(max_connections=BEGINS)
    async with httpx2.AsyncClient(
        headers=listener.headers, limits=limits, timeout=60
    ) as client:
        answers = await asyncio.gather(
            *(
                client.post(
                    f"{webs[number % len(webs)].url}/api/v1/music/imports",
                    json={"uploads": [upload]},
                )
                for number in range(BEGINS)
            )
        )
    assert {answer.status_code for answer in answers} == {202}
    return [answer.json()["id"] for answer in answers]


def test_two_uploads_at_once_are_two_imports(
    cluster: Cluster, webs: list[Server], workers: list[Running]
) -> None:
    employ(cluster, workers, 2)
    listener = Listener(webs[0].url, "grace")
    elsewhere = Listener(webs[1].url, "grace", new=False)
    uploads = [
        listener.upload("one.zip", export_of(ROWS, artist="One")),
        elsewhere.upload("two.zip", export_of(ROWS, artist="Two")),
    ]
    tasks = [listener.begin_import(uploads[0]), elsewhere.begin_import(uploads[1])]
    assert len(set(tasks)) == 2
    for task_id in tasks:
        assert listener.until_ended(task_id)["status"] == "completed"
        assert elsewhere.result(task_id)["stored"] == ROWS
    cluster.assert_nothing_is_left()
    for one in (listener, elsewhere):
        one.close()


def test_twenty_imports_of_ten_users_over_two_webs_and_two_workers(
    cluster: Cluster, webs: list[Server], workers: list[Running]
) -> None:
    employ(cluster, workers, 2)
    before = cluster.query("SELECT count(*) FROM history_import")
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
    imports = cluster.query("SELECT count(*) FROM history_import")
    assert imports - before == len(begun) == 2 * USERS
    uneven = cluster.query(
        'SELECT count(*) FROM (SELECT user_id FROM listen JOIN "user" ON id = user_id'
        " WHERE username LIKE 'user-%' GROUP BY user_id"
        f" HAVING count(*) <> {2 * ROWS}) AS uneven"  # noqa: S608 - the test's own
    )
    assert uneven == 0
    cluster.assert_nothing_is_left()
    for user in users:
        user.close()


__all__ = ["replace"]
