"""`unwrapped serve --demo`: shows everything, takes nothing, leaves nothing."""

import re
import signal
from pathlib import Path

import pytest

from tests.cli.service import Place, Web, processes_of
from unwrapped.core.embedded import STATE_DIR

# What somebody who tries the demonstration may have set up for their real service.
NOT_FOR_THE_DEMO = {
    "DATABASE_URL": "postgresql://u:pw@127.0.0.1:1/x",
    "OBJECT_STORE_URL": "s3://uploads",
    "SECRET_KEY": "short",
    "WORKER": "false",
}

pytestmark = pytest.mark.long


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_made_up_listener_is_shown(tmp_path: Path, how: signal.Signals) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = {"TMPDIR": str(scratch)}
    with Place(tmp_path) as place:
        # Once as variables, once as a file: neither may reach the demonstration.
        if how is signal.SIGINT:
            env |= NOT_FOR_THE_DEMO
        lines = [f"{name}={value}\n" for name, value in NOT_FOR_THE_DEMO.items()]
        lines.append("BACKEND_URL=https://music.example.org\n")
        (place.cwd / ".env").write_text("".join(lines), encoding="utf-8")
        web = place.serve("--demo", **env)
        web.told("leaves nothing behind")
        (home,) = scratch.iterdir()
        _assert_all_opens(web)
        assert processes_of(str(home)) != []
        assert web.stop(how) == (0 if how is signal.SIGINT else 143)
        assert "Aborted" not in web.said
        assert list(scratch.iterdir()) == []
        assert processes_of(str(home)) == []
        assert not place.home.exists()
        assert str(home) not in _homes_of_clusters()
        assert [line for line in web.said.splitlines() if line.startswith("{")] == []


def _assert_all_opens(web: Web) -> None:
    """The links and the password that were printed are good."""
    # Each on a line of its own, whole: a terminal makes it a link.
    link = web.told(r"(?m)^The verdict: +(http\S+)$")
    docs = web.told(r"(?m)^API and its docs: +(http\S+)$")
    assert link.startswith(web.address)
    with web.client() as client:
        page = client.get(link, headers={"Accept": "text/html,*/*;q=0.8"})
        assert page.is_success
        assert page.headers["content-type"].startswith("text/html")
        title = client.get(link).json()["verdict"]["title"]
        assert f"<title>{title}" in page.text
        assert client.get(docs).is_success
        found = re.search(r"user name (\S+), password (\S+) ", web.said)
        assert found
        account = {"username": found[1], "password": found[2]}
        token = client.post("/api/v1/auth/token", data=account).json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        shares = client.get("/api/v1/music/shares", headers=bearer).json()
        assert [share["title"] for share in shares["items"]] == [title]


def _homes_of_clusters() -> list[str]:
    """The homes that root's clusters belong to."""
    return [
        file.read_text(encoding="utf-8") for file in STATE_DIR.glob("clusters/*/home")
    ]
