"""The database dies, or takes no changes, in the middle of work."""

import asyncio
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import httpx2
import pytest

from tests.cli.service import NO_TLS
from tests.cluster.cluster import Cluster, Listener, Server
from tests.cluster.exports import export_of
from tests.cluster.player import Reporting
from tests.postgres.servers import Postgres
from tests.waiting import until
from unwrapped.core.migrations.upgrade import apply_migrations
from unwrapped.core.postgres.addresses import DatabaseAddress

ROWS = 60_000

pytestmark = pytest.mark.postgres


@pytest.fixture
def primary(primary: Postgres) -> Postgres:
    """A server with the tables of the service."""
    asyncio.run(apply_migrations(primary.start().address))
    return primary


@pytest.fixture
def standby(primary: Postgres) -> Postgres:
    """A standby without which nothing is acknowledged."""
    standby = primary.standby("standby")
    # It must not wait in its turn when it is promoted: it has no such setting.
    primary.set("synchronous_standby_names", "*")
    synchronous = "SELECT pid FROM pg_stat_replication WHERE sync_state = 'sync'"
    until(lambda: primary.answer(synchronous))
    return standby


def assert_calm(server: Server) -> None:
    """What went wrong was taken for what passes. (PgQueuer logs each heartbeat it missed.)"""
    said = server.log.read_text()
    for mistake in ('"status":500', "task.crashed", ".failed", "worker.restart"):
        assert mistake not in said, said


@contextmanager
def reporting(player: Reporting, url: str) -> Iterator[None]:
    """A player that goes on and on."""
    stop = Event()

    def go_on() -> None:
        while not stop.wait(0.05):
            player.report(url, 1)

    with ThreadPoolExecutor(1) as threads:
        going_on = threads.submit(go_on)
        try:
            yield
        finally:
            stop.set()
            going_on.result()


def test_a_standby_takes_over(
    primary: Postgres, standby: Postgres, cluster: Cluster
) -> None:
    others = (("127.0.0.1", standby.port),)
    address = DatabaseAddress.parse(
        replace(primary.address, others=others).for_asyncpg()
    )
    cluster.environment["DATABASE_URL"] = address.for_asyncpg()
    server = cluster.serve().until_ready()
    ada, bea = (Listener(server.url, name) for name in ("ada", "bea"))
    export = export_of(ROWS)
    uploads = [one.upload("export.zip", export) for one in (ada, bea)]
    player = Reporting(ada.make_scrobbling_token("kitchen"))

    first = bea.begin_import(uploads[1])
    until(lambda: bea.task(first)["progress"] > 0.3 or None)
    with reporting(player, server.url):
        until(lambda: len(player.answered) > 20 or None)
        second = ada.begin_import(uploads[0])
        primary.signal(signal.SIGKILL)
        before = len(player.answered)
        assert standby.answer("SELECT pg_promote()")
        until(lambda: len(player.answered) > before + 20 or None)
    server.until_ready()

    for listener, task in ((bea, first), (ada, second)):
        assert listener.until_ended(task)["status"] == "completed"
        assert listener.result(task)["stored"] == ROWS
        listener.close()
    until(lambda: cluster.query("SELECT count(*) FROM scrobble_inbox") == 0 or None)
    player.assert_stored(cluster)
    assert_calm(server)


def test_reading_goes_on_where_nothing_can_be_written(
    primary: Postgres, cluster: Cluster
) -> None:
    cluster.environment["DATABASE_URL"] = primary.address.for_asyncpg()
    server = cluster.serve().until_ready()
    ada = Listener(server.url, "ada")
    upload = ada.upload("export.zip", export_of(ROWS))
    token = ada.make_scrobbling_token("kitchen")
    task = ada.begin_import(upload)
    until(lambda: ada.task(task)["progress"] > 0.3 or None)

    primary.set("default_transaction_read_only", "on")
    assert ada.get("/auth/me")["username"] == "ada"
    assert ada.get("/music/listens")["items"] == []
    assert ada.task(task)["status"] in {"pending", "processing"}
    track = {"artist_name": "A", "track_name": "B"}
    listen = {"listened_at": 1_700_000_000, "track_metadata": track}
    for path, body, headers in (
        (
            "/1/submit-listens",
            {"listen_type": "single", "payload": [listen]},
            {"Authorization": f"Token {token}"},
        ),
        ("/api/v1/music/scrobbles/tokens", {"name": "bath"}, ada.headers),
    ):
        answer = httpx2.post(
            f"{server.url}{path}", json=body, headers=headers, verify=NO_TLS
        )
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["Retry-After"]) > 0

    primary.set("default_transaction_read_only", "off")
    assert ada.until_ended(task)["status"] == "completed"
    assert ada.result(task)["stored"] == ROWS
    ada.close()
    assert_calm(server)
