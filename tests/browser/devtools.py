"""A headless Chromium, driven by the DevTools protocol over two pipes."""

import base64
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

from tests.missing import missing
from tests.waiting import PATIENCE_SECONDS, until

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


KEYS = {"Tab": 9, "Enter": 13, "Escape": 27, "Space": 32}
DRAWN = "document.readyState === 'complete' && location.href !== 'about:blank'"


class Page:
    """A page, and the pipes to the browser that it is in."""

    def __init__(self, commands: int, answers: int) -> None:
        self._commands = commands
        self._answers = answers
        self._read = b""
        self._asked = 0
        self.noted: list[str] = []
        """What the page wrote to the console, threw, or was refused by its policy."""

        self.requested: list[str] = []
        """The addresses that the page asked for."""

        self.origins: set[str] = set()
        """What requests said in `Origin`, forms among them."""

        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM"):
            self.call(f"{domain}.enable")

    _session: str | None = None

    def call(self, method: str, **params: object) -> Json:
        """What a method of the protocol gives. Raises `DevToolsError`."""
        self._asked += 1
        command: Json = {"id": self._asked, "method": method, "params": params}
        if self._session is not None:
            command["sessionId"] = self._session
        os.write(self._commands, json.dumps(command).encode() + b"\0")
        while (message := self._message()).get("id") != self._asked:
            self._note(message)
        if "error" in message:
            raise DevToolsError(message["error"])
        return dict(message["result"])

    def _note(self, event: Json) -> None:
        params: Json = event.get("params", {})
        match event.get("method"):
            case "Runtime.consoleAPICalled":
                said = [str(one.get("value")) for one in params["args"]]
                self.noted.append(f"console: {' '.join(said)}")
            case "Runtime.exceptionThrown":
                self.noted.append(f"exception: {params['exceptionDetails']}")
            case "Log.entryAdded":
                entry = params["entry"]
                self.noted.append(f"{entry['source']}: {entry['text']}")
            case "Network.requestWillBeSent":
                self.requested.append(params["request"]["url"])
            case "Network.requestWillBeSentExtraInfo":
                headers = {k.lower(): v for k, v in params["headers"].items()}
                self.origins |= {headers["origin"]} if "origin" in headers else set()

    def evaluate(self, script: str, *, as_page: bool = False) -> Any:
        """What a script of the page gives, once a promise is kept; as after a click.

        `as_page` runs it under the policy of the page, which forbids `eval` and the like.
        """
        answer = self.call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
            allowUnsafeEvalBlockedByCSP=not as_page,
        )
        if "exceptionDetails" in answer:
            raise DevToolsError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def wait_for(self, script: str) -> Any:
        """What a script gives, once that is something."""

        def found() -> Any:
            with suppress(DevToolsError):
                return self.evaluate(script) or None

        try:
            return until(found, script)
        except AssertionError as error:
            shown = self.evaluate("location.href + document.body.innerText")
            raise AssertionError(f"{error}: at {shown}, {self.noted}") from None

    def go(self, url: str) -> None:
        """Go to an address, and wait until all of it is there."""
        self.call("Page.navigate", url=url)
        self.wait_for(DRAWN)

    def arrive(self, path: str) -> None:
        """Wait until the page is one of this path."""
        self.wait_for(f"location.pathname.match({json.dumps(path)}) && {DRAWN}")

    def fill(self, **fields: str) -> None:
        """Write into the fields of these names, as by hand."""
        for name, text in fields.items():
            self.evaluate(f"document.querySelector('[name={name}]').select()")
            self.call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Click on the first element that a selector finds."""
        self.wait_for(f"!!document.querySelector({json.dumps(selector)})")
        self.evaluate(f"document.querySelector({json.dumps(selector)}).click()")

    def press(self, key: str, *, shift: bool = False) -> None:
        """Press a key of `KEYS`."""
        how = {
            "key": " " if key == "Space" else key,
            "code": key,
            "windowsVirtualKeyCode": KEYS[key],
            "modifiers": 8 if shift else 0,
        }
        text = {"Enter": "\r", "Space": " "}.get(key, "")
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **how)
        self.call("Input.dispatchKeyEvent", type="keyUp", **how)

    def type(self, key: str, *, ctrl: bool = False) -> None:
        """Press the key of a letter or a sign."""
        how = {"key": key, "modifiers": 2 if ctrl else 0}
        text = "" if ctrl else key
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **how)
        self.call("Input.dispatchKeyEvent", type="keyUp", **how)

    def choose(self, selector: str, *files: Path) -> None:
        """Choose files for an input, as in the window that it opens."""
        self.wait_for(DRAWN)
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        names = [str(file) for file in files]
        self.call("DOM.setFileInputFiles", nodeId=node, files=names)

    def resize(self, width: int, height: int = 800) -> None:
        """Give the page another size, in pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, **features: str) -> None:
        """Look with these media features: `prefers_color_scheme="dark"`."""
        self.call(
            "Emulation.setEmulatedMedia",
            features=[
                {"name": name.replace("_", "-"), "value": value}
                for name, value in features.items()
            ],
        )

    def screenshot(self, file: Path) -> None:
        """Store what the page looks like, all of it."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        shot = self.call(
            "Page.captureScreenshot",
            captureBeyondViewport=True,
            clip={
                "x": 0,
                "y": 0,
                "scale": 1,
                **{k: size[k] for k in ("width", "height")},
            },
        )
        file.write_bytes(base64.b64decode(shot["data"]))

    def cookies(self) -> dict[str, Json]:
        """All cookies of the browser, by name."""
        answer = self.call("Network.getAllCookies")["cookies"]
        return {cookie["name"]: cookie for cookie in answer}

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
    # The shell has the same engine, and takes a quarter less CPU.
    program = shutil.which("chromium-headless-shell") or shutil.which("chromium")
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
