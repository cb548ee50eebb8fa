"""The demonstration: a made-up listener uses the real API, from sign-up to share."""

import secrets
import ssl
import threading
import time
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx2
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from unwrapped.auth.sessions.sign_in_codes import SignInCodes, sign_in_codes
from unwrapped.auth.settings import AuthSettings
from unwrapped.cli.web_server import open_browser
from unwrapped.core.config import Configuration, Settings
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.core.http.api_prefix import API
from unwrapped.core.http.state import state_of
from unwrapped.tasks.settings import TaskSettings

if TYPE_CHECKING:
    from fastapi import FastAPI

USERNAME = "demo"
EXPORT = "demo_export.zip"
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 120.0


class DemoFailed(ExternalAPIError):
    """The service did not answer the demonstration as expected."""

    code = "demo_failed"


def as_in_demo(configuration: Configuration, home: Path, address: str) -> Configuration:
    """Return the configuration without settings that would make demonstrations differ
    between machines.
    """
    return (
        configuration.replace(
            Settings,
            unwrapped_home=home,
            database_url=None,
            object_store_url=None,
            secret_key=None,
            backend_url=address,
            log_level="WARNING",
        )
        .replace(AuthSettings, registration=None)
        .replace(TaskSettings, worker=True)
    )


def begin_demo(
    address: str, ca_certificate: Path | None, app: "FastAPI", *, opens: bool
) -> None:
    """Run `show_demo` in a separate thread, while the application takes requests."""
    codes = sign_in_codes(state_of(app).resources)
    shown = (address, ca_certificate, codes)
    threading.Thread(
        target=show_demo, args=shown, kwargs={"opens": opens}, daemon=True
    ).start()


def show_demo(
    address: str, ca_certificate: Path | None, codes: SignInCodes, *, opens: bool
) -> None:
    """Run the made-up listener's requests, then print the addresses to open."""
    console = Console(stderr=True, highlight=False)
    verify: ssl.SSLContext | bool = True
    if ca_certificate is not None:
        verify = ssl.create_default_context(cafile=str(ca_certificate))
    password = secrets.token_urlsafe(9)
    try:
        with httpx2.Client(base_url=address, verify=verify, timeout=30.0) as client:
            _wait_until_ready(client)
            listener = _Listener(client, console, password)
            share = listener.go_through()
            user_id = listener.user_id()
    except (httpx2.HTTPError, DemoFailed) as error:
        console.print(f"unwrapped: the demonstration failed: {error}", markup=False)
        return
    page = f"{address}/sign-in#code={codes.issue(user_id)}"
    console.print(f"""
Ready: open          {page}
                     (signs you in, once and within a minute)
The verdict:         {share}
Sign in later with:  user name {USERNAME}, password {password} (at {address})
API and its docs:    {address}/docs

The demonstration runs until Ctrl-C, and leaves nothing behind.""", markup=False, soft_wrap=True)  # fmt: skip
    if opens:
        open_browser(page)


def _wait_until_ready(client: httpx2.Client) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if client.get("/readyz").is_success:
                return
        except httpx2.TransportError:
            pass  # not listening yet
        time.sleep(POLL_SECONDS)
    raise DemoFailed("The service did not become ready.")


class _Listener:
    """A client of the API with an account."""

    def __init__(self, client: httpx2.Client, console: Console, password: str) -> None:
        self._client = client
        self._console = console
        self._password = password

    def go_through(self) -> str:
        """Register, upload, import, analyse and share; return the link of the share."""
        account = {"username": USERNAME, "password": self._password}
        self._ask("POST", "/auth/register", json=account)
        token = self._ask("POST", "/auth/token", data=account)["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"
        export = resources.files("unwrapped.cli").joinpath(EXPORT).read_bytes()
        upload = self._ask(
            "POST",
            "/music/uploads",
            params={"name": "my_spotify_data.zip"},
            content=export,
        )
        import_task = self._ask(
            "POST", "/music/imports", json={"uploads": [upload["id"]]}
        )
        self._wait("Importing", import_task["id"])
        analysis_task = self._ask("POST", "/music/analysis/begin")
        self._wait("Judging", analysis_task["id"])
        share = self._ask(
            "POST", "/music/shares", json={"analysis": analysis_task["id"]}
        )
        return share["url"]

    def user_id(self) -> int:
        """Return the id of the account."""
        return int(self._ask("GET", "/auth/me")["id"])

    def _ask(self, method: str, path: str, **how: Any) -> dict[str, str]:
        answer = self._client.request(method, f"{API}{path}", **how)
        body: dict[str, str] = answer.json()
        if not answer.is_success:
            raise DemoFailed(f"{path}: {body.get('detail')}")
        return body

    def _wait(self, what: str, task_id: str) -> None:
        """Show the progress of a task until it is completed."""
        columns = (TextColumn("{task.description:<10}"), BarColumn(), TextColumn("{task.fields[stage]}"))  # fmt: skip
        with Progress(*columns, console=self._console) as bar:
            shown = bar.add_task(what, total=1.0, stage="waiting")
            while True:
                task = self._ask("GET", f"/tasks/{task_id}")
                bar.update(shown, completed=float(task["progress"]), stage=task["stage"] or task["status"])  # fmt: skip
                if task["status"] == "completed":
                    return
                if task["status"] == "failed":
                    raise DemoFailed(task["error_message"])
                time.sleep(POLL_SECONDS)
