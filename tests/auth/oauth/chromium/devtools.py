"""A headless Chromium, driven by the DevTools protocol over two pipes."""

import json
import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.auth.oauth.missing import missing
from tests.cli.service import until
from tests.processes import PATIENCE_SECONDS

type Json = dict[str, Any]

OPTIONS = (
    "--headless",
    "--no-sandbox",  # root has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--remote-debugging-pipe",
)
# The protocol is read from descriptor 3, and written to 4.
SHELL = 'exec "$@" 3<"/dev/fd/$READS" 4>"/dev/fd/$WRITES"'


class DevToolsError(Exception):
    """Chromium did not do what it was asked, as while a page goes on to another."""


class Page:
    """A page, and the pipes to the browser that it is in."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._read = b""
        self._asked = 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]

    _session: str | None = None

    def call(self, method: str, **params: object) -> Json:
        """What a method of the protocol gives. Raises `DevToolsError`."""
        self._asked += 1
        command: Json = {"id": self._asked, "method": method, "params": params}
        if self._session is not None:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while (message := self._message()).get("id") != self._asked:
            pass  # an event
        if "error" in message:
            raise DevToolsError(message["error"])
        return dict(message["result"])

    def evaluate(self, script: str) -> Any:
        """What a script of the page gives, once a promise is kept; as after a click."""
        told = self.call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in told:
            raise DevToolsError(told["exceptionDetails"])
        return told["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """What a script gives, once that is something."""

        def found() -> Any:
            with suppress(DevToolsError):
                return self.evaluate(script) or None

        return until(found, f"{script}: at {self.evaluate('location.href')}")

    def cookies(self) -> dict[str, Json]:
        """All cookies of the browser, by name."""
        told = self.call("Network.getAllCookies")["cookies"]
        return {cookie["name"]: cookie for cookie in told}

    def _message(self) -> Json:
        while b"\0" not in self._read:
            ready, _, _ = select.select([self._answers], [], [], PATIENCE_SECONDS)
            piece = os.read(self._answers, 65_536) if ready else b""
            assert piece, "Chromium has ended, or does not answer"
            self._read += piece
        message, _, self._read = self._read.partition(b"\0")
        return dict(json.loads(message))


@contextmanager
def chromium(folder: Path) -> Iterator[Page]:
    """A page of a browser that has never been anywhere; `folder` holds what it writes."""
    program = shutil.which("chromium")
    if program is None:
        missing("chromium")
    theirs_in, commands = os.pipe()
    answers, theirs_out = os.pipe()
    env = {"READS": str(theirs_in), "WRITES": str(theirs_out), "HOME": str(folder)}
    log = folder / "chromium.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            ("sh", "-c", SHELL, "sh", program, *OPTIONS, f"--user-data-dir={folder}"),
            env=os.environ | env,
            pass_fds=(theirs_in, theirs_out),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Page(commands, answers)
    except BaseException:
        print(log.read_text(errors="replace"))  # noqa: T201 - pytest shows it
        raise
    finally:
        # It ends with its pipes; what is left of its family is ended here.
        os.close(commands)
        os.close(answers)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
