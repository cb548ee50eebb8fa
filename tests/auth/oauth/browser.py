"""A browser that goes to a provider and comes back, with the cookies of this service."""

from dataclasses import dataclass, field

import httpx2

from tests.auth.origins import FROM_OWN_PAGE
from tests.sandbox.running import GRETA, Running
from unwrapped.auth.oauth.cookie import COOKIE as STATE_COOKIE
from unwrapped.auth.sessions.cookie import COOKIE as SESSION_COOKIE

AUTH = "/api/v1/auth"
LOGIN = f"{AUTH}/spotify/login"
LINK = f"{AUTH}/spotify/link"
CALLBACK_PATH = f"{AUTH}/callback"


@dataclass
class Browser:
    """Keeps cookies like browsers, except for `SameSite`; records what it sends."""

    client: httpx2.AsyncClient
    sandbox: Running
    headers: dict[str, str] = field(default_factory=lambda: dict(FROM_OWN_PAGE))

    async def begin(self, **query: str) -> str:
        """Begin a sign-in; return the address that the browser is redirected to."""
        answer = await self.client.get(LOGIN, params=query)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    async def begin_link(self, **wanted: object) -> str:
        """Begin to link an account; return the address that the browser is redirected to."""
        answer = await self.client.post(LINK, json=wanted, headers=self.headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["authorization_url"])

    def agree(self, url: str, listener: str = GRETA) -> str:
        """Agree; return the query that the provider sends the browser back with."""
        return self.sandbox.sign_in(url, listener).partition("?")[2]

    async def come_back(self, query: str, **headers: str) -> httpx2.Response:
        """Request the callback; return the answer."""
        return await self.client.get(f"{CALLBACK_PATH}?{query}", headers=headers)

    async def sign_in(self, listener: str = GRETA, **query: str) -> httpx2.Response:
        """Sign in, from the start to the callback."""
        return await self.come_back(self.agree(await self.begin(**query), listener))

    async def link(self, listener: str = GRETA, **wanted: object) -> httpx2.Response:
        """Link an account, from the start to the callback."""
        url = await self.begin_link(**wanted)
        return await self.come_back(self.agree(url, listener))

    async def get(self, path: str) -> httpx2.Response:
        """Send a GET as a page of this service does."""
        return await self.client.get(f"{AUTH}/{path}", headers=self.headers)

    async def delete(self, path: str) -> httpx2.Response:
        """Send a DELETE as a page of this service does."""
        return await self.client.delete(f"{AUTH}/{path}", headers=self.headers)

    async def username(self) -> str | None:
        """Return the name of the person who is signed in, or None."""
        answer = await self.get("me")
        return answer.json()["username"] if answer.status_code == 200 else None

    def carry(self, name: str, secret: str) -> None:
        """Store a cookie of this service."""
        # The name that a jar gives a host without a dot: the service can replace it.
        self.client.cookies.set(name, secret, domain="testserver.local")

    @property
    def session(self) -> str | None:
        """The secret of the session's cookie."""
        return self.client.cookies.get(SESSION_COOKIE)

    @property
    def state_secret(self) -> str | None:
        """The secret that ties sign-ins to this browser."""
        return self.client.cookies.get(STATE_COOKIE)
