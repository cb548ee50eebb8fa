"""The service that clients scrobble to: at one address, killed and started again."""

import signal
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.cli.service import SECRET, Place, Web, free_port
from tests.waiting import until
from unwrapped.core.postgres.addresses import DatabaseAddress

NAME, PASSWORD = "anna", "tr0ub4dor and three"


@dataclass
class Service:
    """A server on a database of its own, and the account of somebody who listens."""

    place: Place
    database: DatabaseAddress
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    web: Web | None = None
    _access: str = "none yet"

    @property
    def address(self) -> str:
        """Where clients find it, whether or not it runs."""
        scheme = "https" if "--https" in self.options else "http"
        return f"{scheme}://127.0.0.1:{self.port}"

    @property
    def running(self) -> Web:
        """The process that answers now."""
        assert self.web is not None
        return self.web

    def start(self) -> None:
        """Start it, or start it again."""
        self.web = self.place.serve(
            "--port",
            str(self.port),
            *self.options,
            DATABASE_URL=self.database.for_asyncpg(),
            SECRET_KEY=SECRET,
        )
        assert self.web.address == self.address  # and its CA is there
        self.web.ready()

    def kill(self) -> None:
        """End it as a power cut does; what it has answered is kept by the database."""
        self.running.stop(signal.SIGKILL)
        self.web = None
        # Its worker notices, and goes as well.
        until(lambda: None if self.place.left_over() else True, "no process is left")

    def make_account(self) -> None:
        """The first account."""
        form = {"username": NAME, "password": PASSWORD, "display_name": "Anna"}
        with self.running.client() as client:
            made = client.post("/api/v1/auth/register", json=form)
            assert made.status_code == 201, made.text

    def make_token(self, name: str) -> str:
        """A scrobbling token."""
        made = self._ask("POST", "/scrobbles/tokens", json={"name": name})
        return str(made["token"])

    def token_of(self, name: str) -> dict[str, Any]:
        """What the page shows of a token."""
        page = self._ask("GET", "/scrobbles/tokens")
        [found] = [one for one in page["items"] if one["name"] == name]
        return dict(found)

    def listens(self) -> list[dict[str, Any]]:
        """All listens, the newest first."""
        found: list[dict[str, Any]] = []
        params: dict[str, Any] = {"limit": 200}
        while True:
            page = self._ask("GET", "/listens", params=params)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            params["cursor"] = page["next_cursor"]

    def counted(self) -> list[str]:
        """The titles of the listens that count, in the order in which they were heard."""
        listens = [one for one in self.listens() if one["mark"] is None]
        return [one["title"] for one in reversed(listens)]

    def waits_for(self, *titles: str) -> None:
        """Wait until just these were heard, each once and in this order."""
        try:
            until(lambda: self.counted() == list(titles) or None, f"{titles}")
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.counted()}") from error

    def playing(self) -> str | None:
        """The title of what plays now."""
        answer = self._answer("GET", "/scrobbles/playing-now")
        return answer.json()["title"] if answer.is_success else None

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        answer = self._answer(method, path, **more)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def _answer(self, method: str, path: str, **more: Any) -> httpx2.Response:
        address = f"/api/v1/music{path}"
        with self.running.client() as client:
            answer = client.request(method, address, headers=self._headers, **more)
            if answer.status_code == 401:
                self._sign_in(client)
                answer = client.request(method, address, headers=self._headers, **more)
        return answer

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._access}"}

    def _sign_in(self, client: httpx2.Client) -> None:
        form = {"username": NAME, "password": PASSWORD}
        signed_in = client.post("/api/v1/auth/token", data=form)
        self._access = signed_in.json()["access_token"]
