"""`unwrapped serve --demo`: shows the service, accepts no accounts, leaves nothing."""

import re
import signal
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from tests.cli.service import Place, Web, processes_of
from tests.waiting import until
from unwrapped.core.postgres.embedded import STATE_DIR

# Settings of a real service, which the demonstration must ignore.
NOT_FOR_THE_DEMO = {
    "DATABASE_URL": "postgresql://u:pw@127.0.0.1:1/x",
    "OBJECT_STORE_URL": "s3://uploads",
    "SECRET_KEY": "short",
    "WORKER": "false",
    "REGISTRATION": "open",
}
EVERYWHERE = "0.0.0.0"  # noqa: S104 - what people write
REGISTER = "/api/v1/auth/register"

pytestmark = pytest.mark.long


def test_a_made_up_listener_is_shown(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with Place(tmp_path) as place:
        web = _demo(place, scratch)
        web.until_written("leaves nothing behind")
        (home,) = scratch.iterdir()
        _assert_all_opens(web)
        _assert_open_to_nobody_else(web)
        assert processes_of(str(home)) != []
        assert web.stop() == 143
        _assert_nothing_left(place, scratch, home)
        assert [line for line in web.said.splitlines() if line.startswith("{")] == []


def test_ctrl_c_during_the_start_leaves_nothing(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with Place(tmp_path) as place:
        web = _demo(place, scratch, **NOT_FOR_THE_DEMO)
        _wait_until_answering(web)
        (home,) = scratch.iterdir()
        assert "leaves nothing behind" not in web.said
        assert web.stop(signal.SIGINT) == 0
        assert "Aborted" not in web.said
        _assert_nothing_left(place, scratch, home)


def _demo(place: Place, scratch: Path, **env: str) -> Web:
    """A demonstration that others can reach, with settings that it must ignore."""
    lines = [f"{name}={value}\n" for name, value in NOT_FOR_THE_DEMO.items()]
    lines.append("BACKEND_URL=https://music.example.org\n")
    (place.cwd / ".env").write_text("".join(lines), encoding="utf-8")
    env |= {"TMPDIR": str(scratch)}
    return place.serve("--demo", "--host", EVERYWHERE, **env)


def _wait_until_answering(web: Web) -> None:
    """Wait until the web process takes requests, for which it needs no worker."""

    def answers() -> bool | None:
        with suppress(httpx2.TransportError):
            return client.get("/healthz").is_success or None
        return None

    with web.client() as client:
        until(answers)


def _assert_nothing_left(place: Place, scratch: Path, home: Path) -> None:
    assert list(scratch.iterdir()) == []
    assert processes_of(str(home)) == []
    assert not place.home.exists()
    assert str(home) not in _homes_of_clusters()


def _assert_all_opens(web: Web) -> None:
    """Check that the printed links and the printed password are valid."""
    # Each is whole, on a line of its own, so that a terminal shows it as a link.
    link = web.until_written(r"(?m)^The verdict: +(http\S+)$")
    docs = web.until_written(r"(?m)^API and its docs: +(http\S+)$")
    assert link.startswith(web.address)
    with web.client() as client:
        page = client.get(link, headers={"Accept": "text/html,*/*;q=0.8"})
        assert page.is_success
        assert page.headers["content-type"].startswith("text/html")
        portrait = client.get(link, headers={"Accept": "application/json"}).json()
        title = portrait["verdict"]["title"]
        assert f"<title>{title}" in page.text
        assert client.get(docs).is_success
        _assert_signs_in_once(web, client)
        found = re.search(r"user name (\S+), password (\S+) ", web.said)
        assert found
        account = {"username": found[1], "password": found[2]}
        token = client.post("/api/v1/auth/token", data=account).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        shares = client.get("/api/v1/music/shares", headers=bearer).json()
        assert [share["title"] for share in shares["items"]] == [title]


def _assert_signs_in_once(web: Web, client: httpx2.Client) -> None:
    """Check that the code in the printed address signs in once."""
    page = web.until_written(r"(?m)^Ready: open +(http\S+)$")
    assert page.startswith(f"{web.address}/sign-in#code=")
    form = {"code": page.partition("#code=")[2]}
    from_own_page = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    for status in (303, 401):
        answer = client.post("/sign-in/code", data=form, headers=from_own_page)
        assert answer.status_code == status
        assert ("set-cookie" in answer.headers) == (status == 303)


def _assert_open_to_nobody_else(web: Web) -> None:
    """Check that nobody can register where other machines can connect."""
    account = {"username": "eve", "password": "correct horse battery"}
    with web.client() as client:
        answer = client.post(REGISTER, json=account)
    assert answer.status_code == 403


def _homes_of_clusters() -> list[str]:
    """The homes that root's clusters belong to."""
    return [
        file.read_text(encoding="utf-8") for file in STATE_DIR.glob("clusters/*/home")
    ]
