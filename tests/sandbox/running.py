"""A sandbox on a real socket, and somebody who signs in there as a browser does."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import httpx2

from tests.cli.service import NO_TLS
from tests.serving import serving
from unwrapped.sandbox.app import create_sandbox
from unwrapped.sandbox.config import CLIENT_SECRET, SandboxConfig

CALLBACK = "http://127.0.0.1:8000/api/v1/auth/callback"
SCOPES = "user-read-recently-played user-top-read"
GRETA, ODO, ILKA = "greta.quayloom", "odo.tarqwen", "ilka.fervnidge"

VERIFIER = "v" * 43
CHALLENGE = "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
"""The challenge of `VERIFIER`, by `openssl dgst -sha256 -binary | basenc --base64url`."""

HUGE_BYTES = 32 * 2**20


class Clock:
    """A clock that only advances on request."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 23, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._now

    def advance(self, **by: float) -> None:
        """Let time pass."""
        self._now += timedelta(**by)


@dataclass(frozen=True)
class Running:
    """A sandbox that listens."""

    address: str
    clock: Clock
    client: httpx2.Client
    """A client of its address, which follows no redirect."""

    def authorize(self, client_id: str = "sandbox", **asked: str) -> httpx2.Response:
        """Request authorization, with valid parameters or these; return the answer."""
        return self.client.get(
            "/authorize", params=authorization(client_id=client_id, **asked)
        )

    def sign_in(self, url: str | httpx2.URL, listener: str = GRETA) -> str:
        """Agree as somebody; return the address that the browser is sent to."""
        return self.decide(url, listener, "agree").headers["Location"]

    def decide(
        self, url: str | httpx2.URL, listener: str, decision: str
    ) -> httpx2.Response:
        """Press a button of the page; return the answer."""
        shown = self.client.get(url)
        assert shown.status_code == 200, shown.text
        action = Form.of(shown.text).action
        data = {"listener": listener, "decision": decision}
        answer = self.client.post(action, data=data)
        assert answer.status_code == 302, answer.text
        return answer

    def code(self, client_id: str = "sandbox", **asked: str) -> str:
        """Return a new code."""
        listener = asked.pop("listener", GRETA)
        url = self.client.build_request(
            "GET", "/authorize", params=authorization(client_id=client_id, **asked)
        ).url
        return callback(self.sign_in(url, listener))["code"]

    def ask_tokens(self, client_id: str = "sandbox", **form: str) -> httpx2.Response:
        """The token endpoint's answer to a client with a secret."""
        return self.client.post(
            "/api/token", data=form, auth=(client_id, CLIENT_SECRET)
        )

    def exchange(self, code: str, client_id: str = "sandbox") -> httpx2.Response:
        """Exchange a code; return the answer."""
        form = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}
        return self.ask_tokens(client_id, code=code, **form)

    def refresh(self, token: str, client_id: str = "sandbox") -> httpx2.Response:
        """Send a refresh token; return the answer."""
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return self.ask_tokens(client_id, **form)

    def tokens(
        self, client_id: str = "sandbox", listener: str = GRETA
    ) -> dict[str, str]:
        """Sign in; return the tokens of the client."""
        answer = self.exchange(self.code(client_id, listener=listener), client_id)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def get(self, path: str, access_token: str, **query: object) -> httpx2.Response:
        """Send a GET to the API; return the answer."""
        params = {name: str(value) for name, value in query.items()}
        headers = {"Authorization": f"Bearer {access_token}"}
        return self.client.get(f"/v1/{path}", params=params, headers=headers)


def authorization(**asked: str) -> dict[str, str]:
    """The parameters of a valid request for authorization, with these changes."""
    good = {
        "client_id": "sandbox",
        "response_type": "code",
        "redirect_uri": CALLBACK,
        "scope": SCOPES,
    }
    return good | asked


def callback(location: str) -> dict[str, str]:
    """The parameters of a redirect to a client."""
    assert location.partition("?")[0] == CALLBACK
    pairs = parse_qsl(urlsplit(location).query, keep_blank_values=True)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


class Form(HTMLParser):
    """The form of a page, and all of its elements."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.elements: list[tuple[str, dict[str, str | None]]] = []

    @classmethod
    def of(cls, page: str) -> "Form":
        """The form of this page."""
        form = cls()
        form.feed(page)
        return form

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "form":
            self.action = dict(attrs).get("action") or ""


@contextmanager
def running(config: SandboxConfig, clock: Clock) -> Iterator[Running]:
    """A sandbox in a separate thread, since spotipy blocks."""
    with (
        serving(create_sandbox(config)) as address,
        httpx2.Client(base_url=address, verify=NO_TLS, timeout=30.0) as client,
    ):
        yield Running(address, clock, client)
