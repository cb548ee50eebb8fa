"""The client's side of OAuth 2 (RFC 6749, RFC 9700): the authorization code with PKCE."""

import base64
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError

from unwrapped.auth.oauth.errors import GrantEnded, ProviderRefuses
from unwrapped.auth.oauth.secrets import Secrets
from unwrapped.shared.api_client import Answer, ApiClient, UnexpectedAnswer

LONGEST_TOKEN = 16_384
LONGEST_LIFETIME_SECONDS = 366 * 24 * 60 * 60

_REFUSALS = frozenset(
    {
        "invalid_client",
        "invalid_request",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
"""The error codes of RFC 6749, 5.2, beside `invalid_grant`: no other is repeated."""


@dataclass(frozen=True, slots=True)
class ClientRegistration:
    """This service, as a provider knows it."""

    provider: str
    """The provider's name in addresses and settings."""

    title: str
    """The provider's name for people."""

    client_id: str
    client_secret: SecretStr | None
    """None for a public client, which proves itself by PKCE alone."""

    redirect_uri: str
    """Where the provider sends people back to: registered there, to the letter."""

    is_open: bool = False
    """Whether whoever it signs in may have an account, even where registration is closed."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where a provider is asked for what."""

    authorization: str
    token: str
    revocation: str | None = None
    takes_basic: bool = True
    """Whether the client's secret goes into a header; else into the form."""

    tells_issuer: bool = False
    """Whether every callback says by `iss` who answers (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as a provider vouches for."""

    issuer: str
    subject: str
    name: str | None
    """What the provider calls them, to be shown."""

    username: str | None
    """What they may like to be called here."""


def _sendable(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\x20-\x7e]+", token.get_secret_value()):
        raise ValueError("not printable ASCII")
    return token


_TokenText = Annotated[
    SecretStr,
    Field(min_length=1, max_length=LONGEST_TOKEN),
    AfterValidator(_sendable),
]
"""Printable ASCII (RFC 6749, A.12): it is sent in a header, and stored."""


class OAuthToken(BaseModel):
    """What a provider gives for a code or a refresh token; members unknown are ignored."""

    access_token: _TokenText
    token_type: str
    expires_in: Annotated[int, Field(ge=0, le=LONGEST_LIFETIME_SECONDS)] | None = None
    """Seconds."""

    refresh_token: _TokenText | None = None
    """None when none comes: the one before stays good."""

    scope: Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")] | None = None
    """What was granted, between spaces; None when it is what was asked for."""

    id_token: SecretStr | None = None
    """Of OpenID Connect."""


class OAuthClient(ABC):
    """Speaks with one provider."""

    issuer: str
    """Who vouches: with a subject it names an account."""

    sign_in_scopes: tuple[str, ...] = ()
    """What signing in needs."""

    access_scopes: tuple[str, ...] = ()
    """What using its API needs beside; empty where this service uses none."""

    consent_lasts: timedelta | None = None
    """After so long somebody has to agree anew, however often tokens were refreshed."""

    def __init__(self, registration: ClientRegistration, api: ApiClient) -> None:
        self.registration = registration
        self._api = api

    @abstractmethod
    async def endpoints(self) -> Endpoints:
        """Where the provider is asked. Raises `ExternalAPIError`."""

    @abstractmethod
    async def identify(self, token: OAuthToken, nonce: str) -> Identity:
        """Who the token is about.

        Raises `SignInRefused` for a token that proves nothing, or `ExternalAPIError`.
        """

    def auth_parameters(self, secrets: Secrets) -> dict[str, str]:
        """What a request for authorization says beside what all say."""
        return {}

    async def get_auth_url(self, secrets: Secrets, scopes: tuple[str, ...]) -> str:
        """The provider's page where the person agrees. Raises `ExternalAPIError`."""
        parameters = {
            "response_type": "code",
            "client_id": self.registration.client_id,
            "redirect_uri": self.registration.redirect_uri,
            "state": secrets.state,
            "code_challenge": secrets.challenge,
            "code_challenge_method": "S256",
        } | self.auth_parameters(secrets)
        if scopes:
            parameters["scope"] = " ".join(scopes)
        page = (await self.endpoints()).authorization
        joint = "&" if urlsplit(page).query else "?"
        return f"{page}{joint}{urlencode(parameters, quote_via=quote)}"

    async def exchange_code_for_token(self, code: str, verifier: str) -> OAuthToken:
        """The tokens for a code, which is good once.

        Raises `GrantEnded`, `UnexpectedAnswer` or another `ExternalAPIError`.
        """
        return await self._ask_token(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self.registration.redirect_uri,
            code_verifier=verifier,
        )

    async def refresh(self, refresh_token: SecretStr) -> OAuthToken:
        """New tokens. Raises as `exchange_code_for_token` does."""
        return await self._ask_token(
            grant_type="refresh_token", refresh_token=refresh_token.get_secret_value()
        )

    async def revoke(self, token: SecretStr) -> bool:
        """Have the provider end a token (RFC 7009); False where it has no way to.

        Raises `ExternalAPIError`.
        """
        endpoints = await self.endpoints()
        if endpoints.revocation is None:
            return False
        form = {"token": token.get_secret_value()}
        return (await self._post(endpoints.revocation, form)).is_success

    async def _ask_token(self, **form: str) -> OAuthToken:
        answer = await self._post((await self.endpoints()).token, form)
        if not answer.is_success:
            raise _refusal(answer)
        try:
            token = OAuthToken.model_validate(answer.json_object())
        except ValidationError as error:
            # Not `from error`: its text can hold a token.
            fields = {str(fault["loc"][0]) for fault in error.errors()}
            raise UnexpectedAnswer(
                f"{answer.service} gave no token that can be used: it is wrong in"
                f" {', '.join(sorted(fields))}."
            ) from None
        if token.token_type.lower() != "bearer":
            raise UnexpectedAnswer(f"{answer.service} gave a token of another type.")
        return token

    async def _post(self, url: str, form: dict[str, str]) -> Answer:
        headers = {}
        known = self.registration
        secret = known.client_secret
        if secret is None:
            form = form | {"client_id": known.client_id}
        elif (await self.endpoints()).takes_basic:
            headers["Authorization"] = _basic(known.client_id, secret)
        else:
            form = form | {
                "client_id": known.client_id,
                "client_secret": secret.get_secret_value(),
            }
        return await self._api.post_form(url, form, headers=headers)


def _basic(client_id: str, secret: SecretStr) -> str:
    """The header of Basic authentication; both parts are encoded first (RFC 6749, 2.3.1)."""
    parts = (quote_plus(part) for part in (client_id, secret.get_secret_value()))
    return f"Basic {base64.b64encode(':'.join(parts).encode()).decode()}"


def _refusal(answer: Answer) -> GrantEnded | ProviderRefuses:
    error = answer.json_object().get("error")
    if error == "invalid_grant":
        return GrantEnded(f"{answer.service} does not take this any more.")
    told = f" ({error})" if isinstance(error, str) and error in _REFUSALS else ""
    return ProviderRefuses(
        f"{answer.service} refuses to deal with this service{told}: whoever runs it should"
        " look at its client id, secret and redirect URI."
    )
