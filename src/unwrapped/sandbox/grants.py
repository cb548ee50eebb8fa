"""The grants of listeners to clients, with their codes and tokens.

Everything is in memory and belongs to one event loop. Nothing is awaited between a
check and the change that relies on it, so that concurrent requests cannot use a code
twice.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from unwrapped.sandbox.clients import Client
from unwrapped.sandbox.config import SandboxConfig
from unwrapped.sandbox.library import Listener

CODE_LIFETIME = timedelta(minutes=10)
REFRESH_LIFETIME = timedelta(days=182)
"""Counted from the listener's consent: a refresh does not extend it."""


class Refused(Exception):
    """An error of the token endpoint (RFC 6749, 5.2)."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(slots=True, eq=False)
class Grant:
    """A listener's grant to a client."""

    client: Client
    listener: Listener
    scopes: tuple[str, ...]
    at: datetime
    faults_left: int | None = field(init=False)
    """How often the client's fault still occurs; None for always."""

    is_revoked: bool = False
    has_tokens: bool = False
    is_public: bool = False
    """Whether the code was exchanged without a secret: then refreshing needs none."""

    refresh_token: str = ""
    """The refresh token that is valid; empty before there is one."""

    def __post_init__(self) -> None:
        self.faults_left = self.client.times


@dataclass(frozen=True, slots=True)
class Code:
    """The data of an authorization code."""

    grant: Grant
    redirect_uri: str
    challenge: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens for a client; no refresh token if the old one stays valid."""

    access_token: str
    refresh_token: str | None


class Grants:
    """All grants since the sandbox was started."""

    def __init__(self, config: SandboxConfig) -> None:
        self._clock = config.clock
        self._access_lifetime = timedelta(seconds=config.access_seconds)
        self._grants: list[Grant] = []
        self._codes: dict[str, Code] = {}
        self._access: dict[str, tuple[Grant, datetime]] = {}
        self._refresh: dict[str, Grant] = {}

    def allow(
        self,
        client: Client,
        listener: Listener,
        scopes: tuple[str, ...],
        redirect_uri: str,
        challenge: str | None,
    ) -> str:
        """Create a grant, and return its code."""
        at = self._clock()
        grant = Grant(client, listener, scopes, at)
        self._grants.append(grant)
        code = secrets.token_urlsafe(96)
        self._codes[code] = Code(grant, redirect_uri, challenge, at + CODE_LIFETIME)
        return code

    def of_code(self, client: Client, code: str) -> Code:
        """The data of a code. Raises `Refused`; to use a code twice ends its grant."""
        found = self._codes.get(code)
        if found is None or found.grant.client is not client:
            raise Refused("invalid_grant", "Invalid authorization code")
        if found.grant.has_tokens:
            found.grant.is_revoked = True
            raise Refused("invalid_grant", "Invalid authorization code")
        if self._clock() >= found.expires_at:
            raise Refused("invalid_grant", "Authorization code expired")
        return found

    def exchange(self, grant: Grant, *, is_public: bool) -> Tokens:
        """Create the first tokens of a grant."""
        grant.has_tokens, grant.is_public = True, is_public
        grant.is_revoked = grant.client.is_revoked
        return Tokens(self._new_access(grant), self._new_refresh(grant))

    def of_refresh_token(self, client: Client, token: str) -> Grant:
        """The grant of a refresh token. Raises `Refused`."""
        grant = self._refresh.get(token)
        if grant is None or grant.client is not client:
            raise Refused("invalid_grant", "Invalid refresh token")
        if grant.is_revoked or grant.refresh_token != token:
            raise Refused("invalid_grant", "Refresh token revoked")
        if self._clock() >= grant.at + REFRESH_LIFETIME:
            raise Refused("invalid_grant", "Refresh token expired")
        return grant

    def refresh(self, grant: Grant) -> Tokens:
        """Create further tokens of a grant."""
        renewed = self._new_refresh(grant) if grant.client.rotates else None
        return Tokens(self._new_access(grant), renewed)

    def of_access_token(self, token: str) -> tuple[Grant, bool] | None:
        """The grant of a token, and whether the token is still valid; None if unknown."""
        found = self._access.get(token)
        if found is None or found[0].is_revoked:
            return None
        grant, expires_at = found
        return grant, self._clock() < expires_at

    def standing(self) -> Iterator[Grant]:
        """The current grants, oldest first."""
        return (one for one in self._grants if one.has_tokens and not one.is_revoked)

    def revoke(self, listener_id: str, client_id: str) -> None:
        """End all grants of a listener to a client."""
        for grant in self.standing():
            if (grant.listener.id, grant.client.id) == (listener_id, client_id):
                grant.is_revoked = True

    def _new_access(self, grant: Grant) -> str:
        token = secrets.token_urlsafe(120)
        self._access[token] = grant, self._clock() + self._access_lifetime
        return token

    def _new_refresh(self, grant: Grant) -> str:
        grant.refresh_token = secrets.token_urlsafe(98)
        self._refresh[grant.refresh_token] = grant
        return grant.refresh_token


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
