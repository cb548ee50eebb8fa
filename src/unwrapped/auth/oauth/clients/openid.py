"""Client of any OpenID Connect provider, by its issuer (OpenID Connect Discovery)."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from pydantic import BaseModel, Field, ValidationError

from unwrapped.auth.oauth.browser_binding import Secrets
from unwrapped.auth.oauth.clients.client import (
    ClientRegistration,
    Endpoints,
    Identity,
    OAuthClient,
    OAuthToken,
)
from unwrapped.auth.oauth.clients.id_token import KeyNotFound, Keys, verified_claims
from unwrapped.auth.oauth.errors import SignInRefused
from unwrapped.auth.oauth.names import shown_name, subject_of
from unwrapped.auth.oauth.settings import is_numeric, is_safe_address
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.shared.api_client import ApiClient, UnexpectedAnswer

KEPT_SECONDS = 60 * 60.0
KEYS_ASKED_SECONDS = 30.0
"""The fewest seconds between requests for the key set when a key is unknown."""

log = structlog.get_logger()


class Metadata(BaseModel):
    """A provider's metadata; unknown members are ignored."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    revocation_endpoint: str | None = None
    token_endpoint_auth_methods_supported: Annotated[
        list[str], Field(default=["client_secret_basic"])
    ]
    authorization_response_iss_parameter_supported: bool = False

    @property
    def addresses(self) -> list[str]:
        """The addresses that this service calls or sends people to."""
        named = (
            self.authorization_endpoint,
            self.token_endpoint,
            self.jwks_uri,
            self.userinfo_endpoint,
            self.revocation_endpoint,
        )
        return [address for address in named if address is not None]


class Kept[T]:
    """A cached value; concurrent readers share one request for it."""

    def __init__(self, ask: Callable[[], Coroutine[None, None, T]]) -> None:
        self._ask = ask
        self._asking: asyncio.Task[T] | None = None
        self._asked_at = 0.0

    async def get(self, at_most_old: float = KEPT_SECONDS) -> T:
        """Return the value, at most `at_most_old` seconds old.

        All who wait for the same request get the same error.
        """
        asking = self._asking
        if asking is None or self._is_of_no_use(asking, at_most_old):
            asking = self._asking = asyncio.create_task(self._ask())
            asking.add_done_callback(_has_failed)
            self._asked_at = time.monotonic()
        # The cancellation of one reader does not cancel the request of all.
        return await asyncio.shield(asking)

    def _is_of_no_use(self, asked: asyncio.Task[T], at_most_old: float) -> bool:
        if not asked.done():
            return False
        return _has_failed(asked) or time.monotonic() - self._asked_at > at_most_old


def _has_failed[T](asked: asyncio.Task[T]) -> bool:
    # Reading the exception marks it as retrieved: otherwise asyncio logs it.
    return asked.cancelled() or asked.exception() is not None


class OpenIDClient(OAuthClient):
    """The client of one OpenID provider."""

    sign_in_scopes = ("openid", "profile")

    def __init__(
        self, registration: ClientRegistration, api: ApiClient, issuer: str
    ) -> None:
        super().__init__(registration, api)
        self.issuer = issuer
        self._metadata = Kept(self._ask_metadata)
        self._keys = Kept(self._ask_keys)

    async def endpoints(self) -> Endpoints:
        """Return the endpoints in the provider's metadata."""
        metadata = await self._metadata.get()
        methods = metadata.token_endpoint_auth_methods_supported
        return Endpoints(
            authorization=metadata.authorization_endpoint,
            token=metadata.token_endpoint,
            revocation=metadata.revocation_endpoint,
            takes_basic="client_secret_basic" in methods
            or "client_secret_post" not in methods,
            names_issuer=metadata.authorization_response_iss_parameter_supported,
        )

    def auth_parameters(self, secrets: Secrets) -> dict[str, str]:
        """Return the nonce, which the id_token repeats."""
        return {"nonce": secrets.nonce}

    async def identify(self, token: OAuthToken, nonce: str) -> Identity:
        """Return the identity in the id_token; the userinfo endpoint may add names."""
        if token.id_token is None:
            raise SignInRefused(f"{self._title} does not say who signed in.")
        claims = await self._claims(token.id_token.get_secret_value(), nonce)
        subject = subject_of(claims["sub"])
        if subject is None:
            raise SignInRefused(f"{self._title} does not say who signed in.")
        if "preferred_username" not in claims and "name" not in claims:
            claims |= await self._userinfo(token, subject)
        username = shown_name(claims.get("preferred_username"))
        name = shown_name(claims.get("name"))
        return Identity(self.issuer, subject, name or username, username or name)

    async def _claims(self, id_token: str, nonce: str) -> dict[str, object]:
        expected = {
            "issuer": self.issuer,
            "client_id": self.registration.client_id,
            "nonce": nonce,
        }
        try:
            return verified_claims(id_token, await self._keys.get(), **expected)
        except KeyNotFound:
            # The provider may have begun to sign with a new key.
            keys = await self._keys.get(at_most_old=KEYS_ASKED_SECONDS)
            return verified_claims(id_token, keys, **expected)

    async def _userinfo(self, token: OAuthToken, subject: str) -> dict[str, object]:
        """Further claims; empty if the provider does not return them."""
        endpoint = (await self._metadata.get()).userinfo_endpoint
        if endpoint is None:
            return {}
        secret = token.access_token.get_secret_value()
        try:
            answer = await self._api.get(
                endpoint, headers={"Authorization": f"Bearer {secret}"}
            )
            if not answer.is_success:
                return {}
            claims = answer.json_object()
        except ExternalAPIError as error:
            # The sign-in goes on: it lacks only the person's name.
            log.warning("oauth.no_userinfo", issuer=self.issuer, code=error.code)
            return {}
        if claims.get("sub") != subject:
            raise SignInRefused(f"{self._title} names two different people.")
        return claims

    async def _ask_metadata(self) -> Metadata:
        address = f"{self.issuer.removesuffix('/')}/.well-known/openid-configuration"
        document = await self._object(address)
        try:
            metadata = Metadata.model_validate(document)
        except ValidationError as error:
            raise UnexpectedAnswer(
                f"The metadata that {self._title} publishes is not valid."
            ) from error
        if metadata.issuer != self.issuer:
            raise UnexpectedAnswer(
                f"{self._title} names another issuer than the one in the settings:"
                " they must be exactly the same."
            )
        if not all(self._may_be_asked(address) for address in metadata.addresses):
            raise UnexpectedAnswer(f"{self._title} names an address that is not safe.")
        return metadata

    async def _ask_keys(self) -> Keys:
        return Keys.of(await self._object((await self._metadata.get()).jwks_uri))

    async def _object(self, address: str) -> dict[str, object]:
        answer = await self._api.get(address)
        if not answer.is_success:
            raise UnexpectedAnswer(
                f"{self._title} has no metadata or keys at the expected address."
            )
        return answer.json_object()

    def _may_be_asked(self, address: str) -> bool:
        """Whether the provider may name an address: on its own host, or by a host name.

        It must not make this service call machines of its network by IP address, nor
        use plain HTTP if its issuer does not.
        """
        try:
            there, own = urlsplit(address), urlsplit(self.issuer)
            if not is_safe_address(address) or there.scheme not in (
                "https",
                own.scheme,
            ):
                return False
            if there.hostname == own.hostname:
                return True
            # A trailing dot does not change a name.
            host = (there.hostname or "").rstrip(".")
            return not is_numeric(host) and not host.endswith(".localhost")
        except ValueError:
            return False

    @property
    def _title(self) -> str:
        return self.registration.title
