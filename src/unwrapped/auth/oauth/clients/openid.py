"""Any provider that speaks OpenID Connect, found by its issuer (OpenID Connect Discovery)."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Annotated
from urllib.parse import urlsplit

import structlog
from pydantic import BaseModel, Field, ValidationError

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
from unwrapped.auth.oauth.secrets import Secrets
from unwrapped.auth.oauth.settings import is_numeric, is_safe_address
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.shared.api_client import ApiClient, UnexpectedAnswer

KEPT_SECONDS = 60 * 60.0
KEYS_ASKED_SECONDS = 30.0
"""Tokens with keys that nobody knows make us ask for keys this often, and no more."""

log = structlog.get_logger()


class Metadata(BaseModel):
    """What a provider says of itself; members unknown are ignored."""

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
        """All that is asked, or that people are sent to."""
        named = (
            self.authorization_endpoint,
            self.token_endpoint,
            self.jwks_uri,
            self.userinfo_endpoint,
            self.revocation_endpoint,
        )
        return [address for address in named if address is not None]


class Kept[T]:
    """Something asked for once in a while, however many want it at the same time."""

    def __init__(self, ask: Callable[[], Coroutine[None, None, T]]) -> None:
        self._ask = ask
        self._asking: asyncio.Task[T] | None = None
        self._asked_at = 0.0

    async def get(self, at_most_old: float = KEPT_SECONDS) -> T:
        """The value, asked for no longer ago than so many seconds.

        Whoever waits for the same answer meets the same error.
        """
        asking = self._asking
        if asking is None or self._is_of_no_use(asking, at_most_old):
            asking = self._asking = asyncio.create_task(self._ask())
            asking.add_done_callback(_has_failed)
            self._asked_at = time.monotonic()
        # One who goes away does not take the answer from the others.
        return await asyncio.shield(asking)

    def _is_of_no_use(self, asked: asyncio.Task[T], at_most_old: float) -> bool:
        if not asked.done():
            return False
        return _has_failed(asked) or time.monotonic() - self._asked_at > at_most_old


def _has_failed[T](asked: asyncio.Task[T]) -> bool:
    # To look at the exception retrieves it: asyncio logs those that nobody waited for.
    return asked.cancelled() or asked.exception() is not None


class OpenIDClient(OAuthClient):
    """Signs in with an OpenID provider."""

    sign_in_scopes = ("openid", "profile")

    def __init__(
        self, registration: ClientRegistration, api: ApiClient, issuer: str
    ) -> None:
        super().__init__(registration, api)
        self.issuer = issuer
        self._metadata = Kept(self._ask_metadata)
        self._keys = Kept(self._ask_keys)

    async def endpoints(self) -> Endpoints:
        """As the provider's metadata say."""
        told = await self._metadata.get()
        methods = told.token_endpoint_auth_methods_supported
        return Endpoints(
            authorization=told.authorization_endpoint,
            token=told.token_endpoint,
            revocation=told.revocation_endpoint,
            takes_basic="client_secret_basic" in methods
            or "client_secret_post" not in methods,
            tells_issuer=told.authorization_response_iss_parameter_supported,
        )

    def auth_parameters(self, secrets: Secrets) -> dict[str, str]:
        """The nonce, which comes back in the id_token."""
        return {"nonce": secrets.nonce}

    async def identify(self, token: OAuthToken, nonce: str) -> Identity:
        """Who the id_token is about; names may come from the userinfo endpoint."""
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
            # The provider may have begun to sign with a new one.
            keys = await self._keys.get(at_most_old=KEYS_ASKED_SECONDS)
            return verified_claims(id_token, keys, **expected)

    async def _userinfo(self, token: OAuthToken, subject: str) -> dict[str, object]:
        """Further claims; none where the provider does not give them."""
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
            told = answer.json_object()
        except ExternalAPIError as error:
            # A name is all that is missing.
            log.warning("oauth.no_userinfo", issuer=self.issuer, code=error.code)
            return {}
        if told.get("sub") != subject:
            raise SignInRefused(f"{self._title} speaks of two people at once.")
        return told

    async def _ask_metadata(self) -> Metadata:
        address = f"{self.issuer.removesuffix('/')}/.well-known/openid-configuration"
        told = await self._object(address)
        try:
            metadata = Metadata.model_validate(told)
        except ValidationError as error:
            raise UnexpectedAnswer(
                f"What {self._title} says of itself is no metadata."
            ) from error
        if metadata.issuer != self.issuer:
            raise UnexpectedAnswer(
                f"{self._title} gives itself another name than the issuer in the settings:"
                " they must be the same to the letter."
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
                f"{self._title} has nothing where its metadata or keys should be."
            )
        return answer.json_object()

    def _may_be_asked(self, address: str) -> bool:
        """Whether a provider may name an address: its own host's, or one by a name.

        A provider cannot have us ask machines of this network by their numbers, nor read
        in the clear what it itself does not serve so.
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
            # A name may end with a dot, and mean the same.
            host = (there.hostname or "").rstrip(".")
            return not is_numeric(host) and not host.endswith(".localhost")
        except ValueError:
            return False

    @property
    def _title(self) -> str:
        return self.registration.title
