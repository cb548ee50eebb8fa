"""The client side of OAuth 2 (RFC 6749, RFC 9700): authorization codes with PKCE."""

import base64
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import quote, quote_plus, urlencode, urlsplit

from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError

from unwrapped.auth.oauth.browser_binding import Secrets
from unwrapped.auth.oauth.errors import GrantEnded, ProviderRefuses
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
"""The error codes of RFC 6749, 5.2, besides `invalid_grant`. Only these are quoted."""


@dataclass(frozen=True, slots=True)
class ClientRegistration:
    """This service's registration at a provider."""

    provider: str
    """The provider's name in addresses and settings."""

    title: str
    """The provider's name for people."""

    client_id: str
    client_secret: SecretStr | None
    """None for a public client, which uses PKCE alone."""

    redirect_uri: str
    """Where the provider sends people back; it must be registered exactly like this."""

    is_open: bool = False
    """Whether it brings new people even if registration is closed."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The endpoints of a provider."""

    authorization: str
    token: str
    revocation: str | None = None
    takes_basic: bool = True
    """Whether the client's secret is sent in a header; otherwise it is in the form."""

    names_issuer: bool = False
    """Whether every callback names the issuer in `iss` (RFC 9207)."""


@dataclass(frozen=True, slots=True)
class Identity:
    """An identity that a provider has verified."""

    issuer: str
    subject: str
    name: str | None
    """The name at the provider, for display."""

    username: str | None
    """A proposal for a user name here."""


def _sendable(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[\x20-\x7e]+", token.get_secret_value()):
        raise ValueError("not printable ASCII")
    return token


_TokenText = Annotated[
    SecretStr,
    Field(min_length=1, max_length=LONGEST_TOKEN),
    AfterValidator(_sendable),
]
"""A token is printable ASCII (RFC 6749, A.12): it is sent in a header, and stored."""


class OAuthToken(BaseModel):
    """A provider's token response; unknown members are ignored."""

    access_token: _TokenText
    token_type: str
    expires_in: Annotated[int, Field(ge=0, le=LONGEST_LIFETIME_SECONDS)] | None = None
    """Seconds."""

    refresh_token: _TokenText | None = None
    """None if the answer has none: the previous one stays valid."""

    scope: Annotated[str, Field(pattern=r"^[\x20-\x7e]*$")] | None = None
    """The granted scopes, separated by spaces; None if they are those requested."""

    id_token: SecretStr | None = None
    """The proof of identity of OpenID Connect."""


class OAuthClient(ABC):
    """The client of one provider."""

    issuer: str
    """The issuer, which identifies an account together with a subject."""

    sign_in_scopes: tuple[str, ...] = ()
    """The scopes for signing in."""

    access_scopes: tuple[str, ...] = ()
    """Further scopes for its API; empty if this service does not use the API."""

    consent_lasts: timedelta | None = None
    """After this time people have to agree again, even if tokens were refreshed."""

    def __init__(self, registration: ClientRegistration, api: ApiClient) -> None:
        self.registration = registration
        self._api = api

    @abstractmethod
    async def endpoints(self) -> Endpoints:
        """Return the provider's endpoints. Raises `ExternalAPIError`."""

    @abstractmethod
    async def identify(self, token: OAuthToken, nonce: str) -> Identity:
        """Return the identity that a token proves.

        Raises `SignInRefused` for a token that proves none, or `ExternalAPIError`.
        """

    def auth_parameters(self, secrets: Secrets) -> dict[str, str]:
        """Further parameters of an authorization request."""
        return {}

    async def get_auth_url(self, secrets: Secrets, scopes: tuple[str, ...]) -> str:
        """Return the page where the person agrees. Raises `ExternalAPIError`."""
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
        """Exchange a code, which is accepted once, for tokens.

        Raises `GrantEnded`, `UnexpectedAnswer` or another `ExternalAPIError`.
        """
        return await self._ask_token(
            grant_type="authorization_code",
            code=code,
            redirect_uri=self.registration.redirect_uri,
            code_verifier=verifier,
        )

    async def refresh(self, refresh_token: SecretStr) -> OAuthToken:
        """Return new tokens. Raises as `exchange_code_for_token` does."""
        return await self._ask_token(
            grant_type="refresh_token", refresh_token=refresh_token.get_secret_value()
        )

    async def revoke(self, token: SecretStr) -> bool:
        """Revoke a token at the provider (RFC 7009); return whether it was revoked.

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
            # Do not chain the error: its text can contain a token.
            fields = {str(fault["loc"][0]) for fault in error.errors()}
            raise UnexpectedAnswer(
                f"{answer.service} returned no usable token; invalid:"
                f" {', '.join(sorted(fields))}."
            ) from None
        if token.token_type.lower() != "bearer":
            raise UnexpectedAnswer(
                f"{answer.service} returned a token of another type."
            )
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
        return GrantEnded(f"{answer.service} no longer accepts this code or token.")
    code = f" ({error})" if isinstance(error, str) and error in _REFUSALS else ""
    return ProviderRefuses(
        f"{answer.service} rejects the requests of this service{code}: the operator"
        " should check the client id, the secret and the redirect URI."
    )
