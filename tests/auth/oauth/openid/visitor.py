"""Somebody's browser, which signs in with a provider of OpenID Connect."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from tests.auth.oauth.browser import AUTH
from tests.auth.oauth.openid.provider import SUBJECT
from tests.auth.origins import FROM_OWN_PAGE
from tests.conftest import Configure
from unwrapped.auth.oauth.cookie import COOKIE as STATE_COOKIE
from unwrapped.auth.oauth.settings import OAuthSettings
from unwrapped.auth.sessions.cookie import COOKIE as SESSION_COOKIE

OUR_ADDRESS = "https://testserver"
NAME = "quay"
"""The name of the provider in the settings."""


class Issuer(Protocol):
    """A provider, and the registration of this service there."""

    issuer: str
    client_id: str
    client_secret: str

    def agree(self, url: str, subject: str = ...) -> dict[str, str]:
        """Agree as somebody; return the parameters of the redirect back."""
        ...


def set_up(
    configure: Configure, provider: Issuer, name: str = NAME, **over: str
) -> None:
    """Let the settings name a provider."""
    settings = {
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "client_secret": provider.client_secret,
        "redirect_uri": f"{OUR_ADDRESS}{AUTH}/{name}/callback",
    } | over
    configure(OAuthSettings, oidc=configure.of(OAuthSettings).oidc | {name: settings})


@dataclass
class Visitor:
    """Keeps cookies as browsers do."""

    client: httpx2.AsyncClient
    provider: Issuer
    name: str = NAME
    secrets: list[str] = field(default_factory=list)
    """The secrets that it has received."""

    async def ask(self, **query: str) -> httpx2.Response:
        """Request the start of a sign-in; return the answer."""
        answer = await self.client.get(f"{AUTH}/{self.name}/login", params=query)
        asked = parse_qs(urlsplit(answer.headers.get("Location", "")).query)
        self.secrets += [*asked.get("state", ()), *asked.get("nonce", ())]
        self.secrets += [value for value in (self.state_secret,) if value]
        return answer

    async def begin(self, **query: str) -> str:
        """Begin a sign-in; return the address that the browser is redirected to."""
        answer = await self.ask(**query)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    async def come_back(
        self,
        reply: dict[str, str] | Sequence[tuple[str, str]],
        path: str | None = None,
        **headers: str,
    ) -> httpx2.Response:
        """Request the callback; return the answer."""
        path = path or f"{AUTH}/{self.name}/callback"
        return await self.client.get(f"{path}?{urlencode(reply)}", headers=headers)

    async def sign_in(self, subject: str = SUBJECT, **query: str) -> httpx2.Response:
        """Sign in; return the last answer: of the start, or of the callback."""
        answer = await self.ask(**query)
        if answer.status_code != 303:
            return answer
        return await self.come_back(
            self.provider.agree(answer.headers["Location"], subject)
        )

    async def username(self) -> str | None:
        """Return the name of the person who is signed in, or None."""
        answer = await self.client.get(f"{AUTH}/me", headers=FROM_OWN_PAGE)
        return answer.json()["username"] if answer.status_code == 200 else None

    @property
    def session(self) -> str | None:
        """The secret of the session's cookie."""
        return self.client.cookies.get(SESSION_COOKIE)

    @property
    def state_secret(self) -> str | None:
        """The secret that ties sign-ins to this browser."""
        return self.client.cookies.get(STATE_COOKIE)
