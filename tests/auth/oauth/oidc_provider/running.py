"""The certified provider as a process, and somebody who signs in on its pages."""

import json
import select
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import parse_qsl, urlsplit

import httpx2

from tests.auth.oauth.openid.visitor import OUR_ADDRESS
from tests.cli.service import NO_TLS
from tests.missing import missing
from tests.npm import installed
from tests.sandbox.running import Form
from tests.waiting import PATIENCE_SECONDS

FILES = [Path(__file__).with_name(name) for name in ("package.json", "server.js")]
SECRET = "of-a-client-that-is-confidential/+%"  # noqa: S105 - of no service
MOST_PAGES = 12


@dataclass
class Certified:
    """An issuer of the process, and a client that is registered there."""

    issuer: str
    client_id: str
    client_secret: str

    def agree(self, url: str, subject: str = "wren") -> dict[str, str]:
        """Sign in and agree; return the parameters of the redirect back."""
        with httpx2.Client(verify=NO_TLS, timeout=PATIENCE_SECONDS) as browser:
            answer = browser.get(url)
            for _ in range(MOST_PAGES):
                if answer.status_code == 200:
                    answer = _filled_in(browser, answer, subject)
                    continue
                location = str(answer.url.join(answer.headers["Location"]))
                if location.startswith(OUR_ADDRESS):
                    return dict(parse_qsl(urlsplit(location).query))
                answer = browser.get(location)
        raise AssertionError(f"{answer.status_code}: {answer.text}")


def _filled_in(
    browser: httpx2.Client, page: httpx2.Response, subject: str
) -> httpx2.Response:
    """Send the form of a page, of signing in or of consent; return the answer."""
    form = Form.of(page.text)
    inputs = [attributes for tag, attributes in form.elements if tag == "input"]
    data = {one["name"] or "": one.get("value") or subject for one in inputs}
    assert form.action, page.text
    return browser.post(page.url.join(form.action), data=data)


@contextmanager
def running(redirect_uris: list[str]) -> Iterator[dict[str, str]]:
    """The issuers that the process serves, by the way they accept a client's secret."""
    node = shutil.which("node")
    if node is None:
        missing("node")
    folder = installed("oidc-provider", *FILES)
    options = json.dumps({"redirectUris": redirect_uris, "secret": SECRET})
    with (
        TemporaryFile("w+") as said,
        subprocess.Popen(
            (node, "server.js", options),
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield json.loads(_line(process))
        finally:
            # The process ends when its stdin ends.
            process.communicate(timeout=PATIENCE_SECONDS)
            said.seek(0)
            print(said.read())  # noqa: T201 - pytest shows it where a test fails


def _line(process: subprocess.Popen[str]) -> str:
    """The first line that the process writes; empty if it has ended."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], PATIENCE_SECONDS)
    return process.stdout.readline() if ready else ""
