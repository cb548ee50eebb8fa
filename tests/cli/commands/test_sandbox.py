"""`unwrapped sandbox` as a developer runs it."""

import signal
import socket
from pathlib import Path

import httpx2
import pytest

from tests.cli.running import assert_refused, unwrapped
from tests.cli.service import NO_TLS, Place, Process
from tests.processes import UNWRAPPED
from unwrapped.core.printable import printable

COMMAND = (*UNWRAPPED, "sandbox")


def test_the_sandbox_prints_settings_and_serves_until_it_is_stopped(
    tmp_path: Path,
) -> None:
    redirect_uri = "http://127.0.0.1/callback"
    with Place(tmp_path) as place:
        options = ("--port", "0", "--redirect-uri", redirect_uri, "--expires-in", "60")
        sandbox = place.start(Process, (*COMMAND, *options), {})
        address = sandbox.until_written(r"(?m)^OAUTH_BASE_URL=(\S+)$")
        settings = dict(
            line.split("=", 1)
            for line in sandbox.said.splitlines()
            if line.startswith("OAUTH_")
        )
        assert settings == {
            "OAUTH_CLIENT_ID": "sandbox",
            "OAUTH_CLIENT_SECRET": "sandbox-secret",
            "OAUTH_REDIRECT_URI": redirect_uri,
            "OAUTH_BASE_URL": address,
        }
        with httpx2.Client(base_url=address, verify=NO_TLS, timeout=30.0) as client:
            assert _signed_in(client, settings)["expires_in"] == 60
        assert sandbox.stop(signal.SIGINT) == 0
        place.assert_nothing_left()
        assert not place.home.exists()


def _signed_in(client: httpx2.Client, settings: dict[str, str]) -> dict[str, object]:
    redirect_uri = settings["OAUTH_REDIRECT_URI"].replace("0.1/", "0.1:5000/")
    asked = {
        "client_id": settings["OAUTH_CLIENT_ID"],
        "response_type": "code",
        "redirect_uri": redirect_uri,
    }
    decided = {"listener": "odo.tarqwen", "decision": "agree"}
    back = client.post("/authorize", params=asked, data=decided).headers["Location"]
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": redirect_uri,
        "code": back.removeprefix(f"{redirect_uri}?code="),
    }
    credentials = settings["OAUTH_CLIENT_ID"], settings["OAUTH_CLIENT_SECRET"]
    return dict(client.post("/api/token", data=form, auth=credentials).json())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost"])  # noqa: S104 - refused
def test_other_machines_cannot_reach_the_sandbox(host: str) -> None:
    outcome = unwrapped("sandbox", "--host", host)
    assert outcome.code == 2
    assert outcome.out == ""
    assert "anybody can sign in as anybody here" in printable(outcome.err, 1000)


def test_a_port_that_is_taken_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        outcome = unwrapped("sandbox", "--port", str(port))
    assert_refused(outcome, f"port {port} cannot be listened on", "--port")


def test_a_redirect_uri_that_spotify_would_refuse_is_refused() -> None:
    uri = "http://localhost:8000/callback"
    assert_refused(unwrapped("sandbox", "--redirect-uri", uri), uri, "`localhost`")
