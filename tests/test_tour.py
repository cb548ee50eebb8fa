"""The tour of `examples/tour.sh`, on the embedded and on an external database."""

import asyncio
import os
import re
import signal
from contextlib import suppress
from pathlib import Path

import asyncpg
import httpx2
import pytest

from tests.browser.history import write_history
from tests.cli.running import assert_refused
from tests.cli.service import (
    SECRET,
    Place,
    Web,
    assert_not_started,
    own_postgres,
    tour,
)
from tests.cli.settled import database_files, settled
from tests.waiting import until
from unwrapped.core.postgres.addresses import DatabaseAddress

PUBLIC = "/s/"
__all__ = ["database_files", "settled"]

PASSWORD = "correct horse battery staple"  # noqa: S105 - the tour's

pytestmark = pytest.mark.long


def title_in(said: str) -> str:
    """The title of the page that a tour shared."""
    match = re.search(r"<title>([^<]+) – Unwrapped</title>", said)
    assert match, said
    return match[1]


def link_in(said: str) -> str:
    """The link of the share that a tour ended with."""
    assert f"   {title_in(said)}\n" in said  # of the verdict, before it was shared
    match = re.search(r"Open it in a browser: (\S+)", said)
    assert match, said
    return match[1]


def user_in(said: str) -> str:
    """The user name that a tour registered."""
    match = re.search(r"Register (\S+),", said)
    assert match, said
    return match[1]


def sign_in(client: httpx2.Client, username: str) -> None:
    """Sign the client in as the user of a tour."""
    account = {"username": username, "password": PASSWORD}
    answer = client.post("/api/v1/auth/token", data=account)
    assert answer.is_success, answer.text
    client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"


def assert_opens(web: Web, link: str, title: str) -> None:
    """Without a token, as JSON and as a page."""
    with web.client() as client:
        path = PUBLIC + link.rpartition("/")[2]
        page = client.get(path, headers={"Accept": "text/html"})
        assert "<svg" in page.text
        portrait = client.get(path, headers={"Accept": "application/json"}).json()
        assert portrait["verdict"]["title"] == title


def assert_judges(client: httpx2.Client, period: str) -> None:
    """A worker takes what somebody begins, and ends it."""
    begun = client.post("/api/v1/music/analysis/begin", params={"period": period})
    assert begun.status_code == 202, begun.text
    path = f"/api/v1/tasks/{begun.json()['id']}"
    until(lambda: client.get(path).json()["status"] == "completed" or None, path)


def test_the_tour_works_and_its_data_survive_a_restart(settled: Place) -> None:
    first = settled.serve()
    said = tour(first.address)
    link = link_in(said)
    assert '"rows_read":23386,"stored":23248' in said
    assert link.startswith(f"{first.address}{PUBLIC}")
    first.stop()
    settled.assert_nothing_left()

    # From now on behind a proxy, which `.env` says: links name what people see.
    (settled.cwd / ".env").write_text("BACKEND_URL=https://music.example.org/\n")
    second = settled.serve("--no-worker")
    assert second.ready()["worker"] is None
    assert_opens(second, link, title_in(said))
    with second.client() as client:
        user = user_in(said)
        sign_in(client, user)
        assert_all_is_there(client, title_in(said))
        assert_commands_work_beside(settled, client, user)
        # Nothing is taken until a worker comes to the same home.
        begun = client.post("/api/v1/music/analysis/begin?period=2024")
        path = f"/api/v1/tasks/{begun.json()['id']}"
        assert client.get(path).json()["status"] == "pending"
        worker = settled.worker()
        until(lambda: client.get(path).json()["status"] == "completed" or None, path)
        # The process that ends first leaves the database to the other.
        worker.stop()
        assert client.get("/readyz").is_success
        assert_database_is_revived(settled, second)
        assert client.get("/api/v1/music/imports").is_success
    server = settled.cluster() / "data" / "postmaster.pid"
    assert second.stop() == -signal.SIGTERM
    assert not server.exists()
    # The upload was deleted when its import had ended.
    uploads = settled.home.rglob("uploads/**/*")
    assert [file for file in uploads if file.is_file()] == []
    settled.assert_nothing_left()


def assert_all_is_there(client: httpx2.Client, title: str) -> None:
    """What the tour made is there, and links have the address of the proxy."""
    (imported,) = client.get("/api/v1/music/imports").json()["items"]
    assert imported["books"]["total"]["rows_read"] == 23386
    listens = client.get("/api/v1/music/listens?limit=1").json()
    assert len(listens["items"]) == 1
    (share,) = client.get("/api/v1/music/shares").json()["items"]
    analysis = {"analysis": share["analysis_id"]}
    named = {"task": share["analysis_id"]}
    result = client.get("/api/v1/music/analysis/result", params=named).json()
    assert result["verdict"]["title"] == title
    again = client.post("/api/v1/music/shares", json=analysis)
    assert again.json()["url"].startswith(f"https://music.example.org{PUBLIC}")


def assert_commands_work_beside(place: Place, client: httpx2.Client, user: str) -> None:
    """Others reach the server, so it takes no accounts; commands manage those it has."""
    account = {"username": "bob", "password": PASSWORD}
    closed = client.post("/api/v1/auth/register", json=account)
    assert closed.json()["code"] == "registration_closed"
    assert place.run("user", "disable", user).code == 0
    assert client.get("/api/v1/auth/me").status_code == 401
    assert place.run("user", "enable", user).code == 0
    assert_refused(place.run("user", "enable", "eve"), "There is no user eve.")
    sign_in(client, user)


def assert_database_is_revived(place: Place, web: Web) -> None:
    """A database that dies, killed for its memory say, is started again."""
    file = place.cluster() / "data" / "postmaster.pid"
    killed = int(file.read_text().partition("\n")[0])
    os.kill(killed, signal.SIGKILL)

    def revived() -> bool | None:
        with suppress(FileNotFoundError, ValueError):  # it is being written
            return int(file.read_text().partition("\n")[0]) != killed or None
        return None

    until(revived)
    web.ready()


def test_the_tour_works_on_an_external_postgresql_with_two_of_everything(
    tmp_path: Path,
) -> None:
    with own_postgres() as server, Place(tmp_path) as place:
        env = {"DATABASE_URL": server.for_adbc(), "SECRET_KEY": SECRET}
        refused = place.run("serve", "--port", "0", **env)
        assert_not_started(refused, "The database is empty. Run `unwrapped db upgrade`")
        assert_not_started(place.run("worker", **env), "Run `unwrapped db upgrade`")
        upgraded = place.run("db", "upgrade", **env)
        assert upgraded.code == 0, upgraded.err

        webs = [place.serve("--no-worker", **env) for _ in range(2)]
        workers = [place.worker(**env) for _ in range(2)]
        for web in webs:
            assert web.ready()["worker"] is None
        for worker in workers:
            worker.until_written("worker.ready")
        said = tour(webs[0].address, EXPORT=str(write_history(tmp_path)))
        # A token, an analysis and a share of one web process are valid at the other.
        assert_opens(webs[1], link_in(said), title_in(said))
        with webs[1].client() as client:
            sign_in(client, user_in(said))
            assert client.get("/api/v1/music/analysis/status").is_success
        attempts = _values(server, "SELECT DISTINCT attempt FROM background_task")
        assert attempts == [1]
        assert _values(server, "SELECT count(*) FROM pgq.pgqueuer") == [0]

        # One web process and one worker are enough to go on.
        assert workers[0].stop() == 0
        webs[0].stop()
        with webs[1].client() as client:
            sign_in(client, user_in(said))
            assert_judges(client, "2023")
        webs[1].stop()
        assert workers[1].stop() == 0
        place.assert_nothing_left()
        assert not (place.home / "postgres").exists()


def _values(address: DatabaseAddress, statement: str) -> list[object]:
    """The first column of what a statement finds."""

    async def ask() -> list[object]:
        connection = await asyncpg.connect(address.for_asyncpg())
        try:
            return [row[0] for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(ask())
