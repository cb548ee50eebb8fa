"""`unwrapped serve` as a user runs it: real processes, real signals."""

import re
import shutil
import signal
import socket
import ssl
import sys
from contextlib import suppress
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

import httpx2
import pytest

from tests.cli.running import assert_refused
from tests.cli.service import SECRET, Place, Web, assert_not_started, free_port
from tests.processes import ROOT
from tests.waiting import until
from unwrapped.auth.settings import AuthSettings
from unwrapped.cli.commands.serve import (
    is_in_the_clear,
    settle_registration,
    starting_line,
)
from unwrapped.core.config import Settings
from unwrapped.core.files import OURS
from unwrapped.core.postgres.addresses import DatabaseAddress
from unwrapped.main import configuration_of

NOBODY_THERE = "postgresql://u:pw@127.0.0.1:1/x"


def test_ctrl_c_is_no_error_and_a_web_process_needs_no_worker(settled: Place) -> None:
    opened = settled.base / "opened"
    browser = settled.base / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" >"{opened}"\n', encoding="utf-8")
    browser.chmod(0o700)
    env = {"BROWSER": f"{browser} %s"}
    web = settled.serve("--no-worker", "--host", "::1", "--open", **env)
    assert web.ready() == {
        "status": "ready",
        "database": True,
        "room": True,
        "worker": None,
    }
    assert web.address.startswith("http://[::1]:")
    web.until_written(f"Ready: open {re.escape(web.address)}\n")
    page = until(lambda: (opened.exists() and opened.read_text()) or None, "a browser")
    assert page == f"{web.address}\n"
    assert web.stop(signal.SIGINT) == 0
    assert "Aborted" not in web.said
    settled.assert_nothing_left()


def test_a_terminal_shows_no_address_before_it_answers() -> None:
    address = "http://127.0.0.1:8000"
    assert address not in starting_line(address, in_terminal=True)
    assert address in starting_line(address, in_terminal=False)


@pytest.mark.parametrize("more", [(), ("--demo",), ("--https",)])
def test_a_port_in_use_is_refused_in_one_line(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    with Place(tmp_path) as place, socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        outcome = place.run("serve", "--port", port, *more)
        assert_refused(outcome, f"127.0.0.1 port {port}", "in use", "--port")
        assert not place.home.exists()


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("LOG_LEVEL", "loud", "LOG_LEVEL"),
        ("UPLOAD_MAX_BYTES", "plenty", "UPLOAD_MAX_BYTES"),
        ("WORKER_GRACE_SECONDS", "-1", "WORKER_GRACE_SECONDS"),
        ("BACKEND_URL", "music.example.org", "BACKEND_URL"),
        ("OBJECT_STORE_URL", "uploads", "OBJECT_STORE_URL"),
        (
            "OAUTH_REDIRECT_URI",
            "http://localhost:8401/api/v1/auth/spotify/callback",
            "write http://127.0.0.1:8401/api/v1/auth/spotify/callback",
        ),
        ("SECRET_KEY", "short", "SECRET_KEY has a key of 5 bytes"),
        ("DATABASE_URL", NOBODY_THERE, "SECRET_KEY is not set"),
        ("DATABASE_URL", "mysql://u:pw@h/x", "database address cannot be read"),
        ("UNWRAPPED_HOME", f"{__file__}/home", "cannot be"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_at_start(
    tmp_path: Path, setting: str, value: str, said: str
) -> None:
    env = {setting: value}
    if "mysql" in value:
        env["SECRET_KEY"] = SECRET
    with Place(tmp_path) as place:
        assert_not_started(place.run("serve", "--port", "0", **env), said)
        assert place.left_over() == []


def test_a_database_that_cannot_be_reached(tmp_path: Path) -> None:
    env = {"DATABASE_URL": NOBODY_THERE, "SECRET_KEY": SECRET}
    # The warning about plain HTTP is printed first.
    host = ("--host", "0.0.0.0")  # noqa: S104 - what people write
    with Place(tmp_path) as place:
        outcome = place.run("serve", "--port", "0", *host, **env)
        assert_not_started(outcome, "No connection", "postgresql://u@127.0.0.1:1/x")
        assert "over plain HTTP: use --https" in outcome.err
        assert "pw" not in outcome.err


def test_every_command_with_settings_accepts_another_env_file(tmp_path: Path) -> None:
    with Place(tmp_path) as place:
        (place.cwd / ".env").write_text("LOG_LEVEL=INFO\n")
        (place.cwd / "other").write_text("LOG_LEVEL=loud\n")
        for args in (["serve"], ["worker"], ["db", "status"], ["keys", "list"]):
            outcome = place.run(*args, "--env-file", "other")
            assert_refused(outcome, "LOG_LEVEL")
        outcome = place.run("serve", "--env-file", "nowhere")
        assert outcome.code == 2
        assert "'nowhere' does not exist" in outcome.err


def test_an_env_file_that_is_no_text(tmp_path: Path) -> None:
    with Place(tmp_path) as place:
        (place.cwd / ".env").write_bytes(b"LOG_LEVEL=\xff\n")
        outcome = place.run("serve", "--port", "0")
        assert_refused(outcome, ".env cannot be read")


@pytest.mark.parametrize(
    ("address", "over", "is_warned_of"),
    [
        ("0.0.0.0", {}, True),  # noqa: S104 - what people write
        ("::", {}, True),
        ("192.168.1.5", {"backend_url": "http://music.lan"}, True),
        ("fe80::1%eth0", {}, True),
        ("127.0.0.1", {}, False),
        ("::1", {}, False),
        ("192.168.1.5", {"trusted_proxies": ("10.0.0.0/8",)}, False),
        ("192.168.1.5", {"backend_url": "https://music.lan"}, False),
    ],
)
def test_plain_http_for_other_machines_is_recognised(
    settings: Settings, address: str, over: dict[str, object], is_warned_of: bool
) -> None:
    assert is_in_the_clear(address, settings.model_copy(update=over)) == is_warned_of


LOCAL, PUBLIC = "http://127.0.0.1:8000", "https://music.example.org"


@pytest.mark.parametrize(
    ("address", "env", "said", "setting"),
    [
        ("127.0.0.1", {"BACKEND_URL": LOCAL}, "on this machine", ""),
        ("::1", {"BACKEND_URL": "http://[::1]:8000"}, "on this machine", ""),
        ("127.0.0.1", {"BACKEND_URL": PUBLIC}, "is closed", ""),
        ("0.0.0.0", {}, "is closed", ""),  # noqa: S104 - what people write
        # The address names this machine, but other machines can connect.
        ("192.168.1.5", {"BACKEND_URL": LOCAL}, "is closed", "closed"),
        ("::", {"BACKEND_URL": "http://localhost:8000"}, "is closed", "closed"),
        ("fe80::1%eth0", {"BACKEND_URL": LOCAL}, "is closed", "closed"),
        ("127.0.0.1", {"REGISTRATION": "closed"}, "is closed", "closed"),
        ("::", {"REGISTRATION": "open"}, "everybody who reaches", "open"),
    ],
)
def test_the_start_says_who_may_register(
    capsys: pytest.CaptureFixture[str],
    address: str,
    env: dict[str, str],
    said: str,
    setting: str,
) -> None:
    configuration = configuration_of(
        Settings(backend_url=env.get("BACKEND_URL"))
    ).replace(AuthSettings, registration=env.get("REGISTRATION"))
    settled = settle_registration(configuration, address)
    assert said in capsys.readouterr().err
    assert (settled.of(AuthSettings).registration or "") == setting


@pytest.mark.parametrize("host", ["", "nobody.invalid", "192.0.2.1"])
def test_an_invalid_host_is_refused(tmp_path: Path, host: str) -> None:
    with Place(tmp_path) as place:
        outcome = place.run("serve", "--host", host)
        assert_not_started(outcome, "--host")


def test_https_with_a_certificate_of_its_own(settled: Place) -> None:
    # The names in a certificate are names of the service.
    assert settled.run("certs", "nas.lan").code == 0
    web = settled.serve("--https", "--no-worker")
    assert web.address.startswith("https://127.0.0.1:")
    web.until_written("startup complete")
    assert web.ready()["status"] == "ready"
    port = int(web.address.rpartition(":")[2])
    assert web.ca is not None
    with web.client() as client:
        for name, status in (("nas.lan", 200), ("evil.example", 421)):
            answer = client.get("/healthz", headers={"Host": f"{name}:{port}"})
            assert answer.status_code == status
            assert answer.headers["Strict-Transport-Security"]
    # The home is private, whichever part of the service makes files in it.
    assert settled.home.stat().st_mode & 0o077 == 0
    found = {file.name for file in settled.home.iterdir()}
    assert {"certs", "postgres", "secret_key", "uploads"} <= found
    assert [name for name in found if not any(fnmatch(name, one) for one in OURS)] == []
    context = ssl.create_default_context(cafile=web.ca)
    for name in ("localhost", "127.0.0.1"):
        with (
            socket.create_connection(("127.0.0.1", port)) as connection,
            context.wrap_socket(connection, server_hostname=name) as tls,
        ):
            assert tls.version() == "TLSv1.3"
    with (
        pytest.raises(httpx2.ConnectError, match="CERTIFICATE_VERIFY_FAILED"),
        httpx2.Client() as stranger,
    ):
        stranger.get(f"{web.address}/healthz")
    web.stop()
    settled.assert_nothing_left()


def test_reload_restarts_when_the_code_changes(
    tmp_path: Path, clone: DatabaseAddress
) -> None:
    code = tmp_path / "code"
    shutil.copytree(ROOT / "src" / "unwrapped", code / "unwrapped")
    # The working folder holds no code.
    env = {"DATABASE_URL": clone.for_asyncpg(), "SECRET_KEY": SECRET}
    with Place(tmp_path) as place:
        web = place.serve("--reload", "--no-worker", PYTHONPATH=str(code), **env)
        until(partial(is_watching, web.process.pid))
        with (code / "unwrapped" / "main.py").open("a") as file:
            file.write("\n# changed\n")
        web.until_written(r"(?s)Reloading.*startup complete")
        assert web.ready()["status"] == "ready"
        assert web.stop(signal.SIGINT) == 0
        place.assert_nothing_left()


def is_watching(pid: int) -> bool | None:
    """Whether a process is notified of changes of files."""
    with suppress(FileNotFoundError):  # a file that it has closed meanwhile
        files = Path(f"/proc/{pid}/fdinfo").iterdir()
        return any("inotify" in file.read_text() for file in files) or None
    return None


def test_uvicorn_alone_serves_the_application(settled: Place) -> None:
    command = (sys.executable, "-m", "uvicorn", "unwrapped.main:app", "--port")
    port = free_port()
    web = settled.start(Uvicorn, (*command, str(port)), {"WORKER": "false"})
    web.port = port
    assert web.ready()["status"] == "ready"
    assert web.stop(signal.SIGINT) == 0
    refused = settled.start(Uvicorn, (*command, str(port)), {"LOG_LEVEL": "loud"})
    assert refused.wait() != 0
    assert "unwrapped: A setting cannot be used. LOG_LEVEL" in refused.said
    settled.assert_nothing_left()


class Uvicorn(Web):
    """A web process that does not say where it listens."""

    port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"
