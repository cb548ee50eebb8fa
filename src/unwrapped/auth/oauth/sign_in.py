"""Signing in with a provider, and linking an account there to an account here."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.caller import CurrentSession
from unwrapped.auth.models import (
    LinkedAccount,
    OAuthState,
    SessionKind,
    User,
    UserSession,
)
from unwrapped.auth.oauth.browser_binding import BROWSER_SECRET, STATE, Secrets
from unwrapped.auth.oauth.callbacks import Callback
from unwrapped.auth.oauth.clients.client import Identity, OAuthClient, OAuthToken
from unwrapped.auth.oauth.errors import GrantEnded, SignInRefused
from unwrapped.auth.oauth.linked_accounts import AccountTaken, LinkedAccounts
from unwrapped.auth.oauth.provider_tokens.stored_tokens import ProviderTokens
from unwrapped.auth.oauth.providers import providers_of
from unwrapped.auth.oauth.states import OAuthStates, StateNotFound
from unwrapped.auth.registration import admit_first, read_openness, require_known
from unwrapped.auth.sessions.caller_lookup import ALIVE, COOKIE_SECRET
from unwrapped.auth.sessions.opening import open_session
from unwrapped.auth.sessions.sign_in import AccountDisabled
from unwrapped.auth.settings import AuthSettings
from unwrapped.core.exceptions import Invalid
from unwrapped.core.http.guards.proxies import Sender
from unwrapped.core.http.own_addresses import own_path
from unwrapped.core.postgres.rate_limits import Rate, network_of
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.tokens import hash_token
from unwrapped.shared.api_client import answers_in_time

STARTS = Rate("oauth_start", 60, timedelta(minutes=15))
"""The limit on sign-ins that are started from one address."""

log = structlog.get_logger()


class AccessNotOffered(Invalid):
    """This service does not use the API of that provider."""

    code = "access_not_offered"


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that waits for its callback."""

    url: str = field(repr=False)
    """The provider's page where the person agrees."""

    browser: str = field(repr=False)
    """The secret for a cookie of their browser."""


@dataclass(frozen=True, slots=True)
class Completed:
    """The result of a callback."""

    next_path: str
    session_secret: str | None = field(repr=False)
    """The secret of a new web session; None if an API client keeps its session."""


class OAuthSignInService:
    """Signs in with providers. No transaction is open during a request to them."""

    def __init__(self, resources: Resources, sender: Sender) -> None:
        self._resources = resources
        self._sender = sender
        self._database = resources.database
        self._providers = providers_of(resources)

    async def begin_sign_in(
        self, provider: str, next_path: str | None, old: str | None, address: str | None
    ) -> Begun:
        """Begin to sign in. `old` is the secret that the browser already has.

        Raises `ProviderNotFound`, `RateLimited` or `ExternalAPIError`.
        """
        client = self._providers.get(provider)
        await self._resources.limiter.hit(STARTS, network_of(address))
        return await self._begin(client, next_path, old, client.sign_in_scopes)

    async def begin_link(
        self,
        provider: str,
        next_path: str | None,
        old: str | None,
        linking: CurrentSession,
        *,
        asks_access: bool,
    ) -> Begun:
        """Begin to link an account to the person who is signed in, or to grant access.

        Raises `ProviderNotFound`, `AccessNotOffered` or `ExternalAPIError`.
        """
        client = self._providers.get(provider)
        if asks_access and not client.access_scopes:
            raise AccessNotOffered(
                f"This server does not use the API of {client.registration.title}."
            )
        scopes = client.sign_in_scopes + (client.access_scopes if asks_access else ())
        return await self._begin(client, next_path, old, scopes, linking, asks_access)

    async def _begin(
        self,
        client: OAuthClient,
        next_path: str | None,
        old: str | None,
        scopes: tuple[str, ...],
        linking: CurrentSession | None = None,
        asks_access: bool = False,
    ) -> Begun:
        # Sign-ins of one browser share its secret, so that none invalidates another.
        is_kept = old is not None and BROWSER_SECRET.is_sound(old)
        secrets = Secrets(
            STATE.create(), old if is_kept and old else BROWSER_SECRET.create()
        )
        url = await client.get_auth_url(secrets, scopes)
        async with self._database.session() as session:
            await OAuthStates(session).add(
                secrets,
                client.registration.provider,
                own_path(next_path),
                session_id=linking.id if linking else None,
                asks_access=asks_access,
            )
        return Begun(url, secrets.browser)

    async def complete(
        self, callback: Callback, browser: str | None, path: str
    ) -> Completed:
        """Finish a sign-in whose callback came to `path`.

        Raises `SignInRefused`, `ExternalAPIError`, `RegistrationClosed`, `UnknownProxy`,
        `AccountDisabled`, `AccountTaken` or `AlreadyLinked`.
        """
        async with self._database.session() as session:
            # The state is used up here, whatever the outcome.
            begun = await OAuthStates(session).take(callback.state, browser)
        client = self._providers.get(begun.provider)
        if urlsplit(client.registration.redirect_uri).path != path:
            raise SignInRefused(
                "The provider that answered is not the one that was asked."
            )
        secrets = Secrets(callback.state or "", browser or "")
        async with answers_in_time(client.registration.title):
            callback.require_issuer(client.issuer, await client.endpoints())
            token = await _exchange(client, callback.require_code(), secrets)
            identity = await client.identify(token, secrets.nonce)
        async with self._database.session() as session:
            if begun.session_id is None:
                secret: str | None = await self._sign_in(session, client, identity)
            else:
                secret = await self._link(session, client, identity, begun, token)
        log.info(
            "oauth.completed",
            provider=begun.provider,
            links=begun.session_id is not None,
        )
        return Completed(begun.next_path, secret)

    async def _sign_in(
        self, session: AsyncSession, client: OAuthClient, identity: Identity
    ) -> str:
        """Return the secret of a new session; create an account for a new person."""
        accounts = LinkedAccounts(session)
        account = await accounts.find(identity)
        if account is None:
            account = await self._register(session, client, identity)
        disabled_at = await session.scalar(
            select(col(User.disabled_at))
            .where(col(User.id) == account.user_id)
            .with_for_update(key_share=True)
        )
        if disabled_at is not None:
            raise AccountDisabled
        return await self._open_web_session(session, account.user_id)

    async def _register(
        self, session: AsyncSession, client: OAuthClient, identity: Identity
    ) -> LinkedAccount:
        known = client.registration
        accounts = LinkedAccounts(session)
        if not known.is_open:
            require_known(self._sender)
            if not (await read_openness(session, self._resources)).is_open:
                await admit_first(session)
        try:
            async with session.begin_nested():
                return await accounts.create_user(known, identity)
        except AccountTaken:
            # The person signed in for the first time in two browsers at once.
            account = await accounts.find(identity)
            if account is None:
                raise
            return account

    async def _link(
        self,
        session: AsyncSession,
        client: OAuthClient,
        identity: Identity,
        begun: OAuthState,
        token: OAuthToken,
    ) -> str | None:
        """Link the account; return the secret of a session in place of the old one."""
        found = await session.execute(
            select(col(UserSession.user_id), col(UserSession.kind))
            .join(User, col(User.id) == col(UserSession.user_id))
            .where(
                col(UserSession.id) == begun.session_id,
                col(User.disabled_at).is_(None),
                ALIVE,
            )
            .with_for_update(key_share=True)
        )
        row = found.one_or_none()
        if row is None:
            raise StateNotFound
        account = await LinkedAccounts(session).link(
            row.user_id, begun.provider, identity
        )
        if begun.asks_access:
            tokens = ProviderTokens(session, self._resources.cipher)
            await tokens.store(account.id, token, client.access_scopes)
        if row.kind != SessionKind.WEB:  # the column returns plain text
            return None
        await session.execute(
            delete(UserSession).where(col(UserSession.id) == begun.session_id)
        )
        return await self._open_web_session(session, row.user_id)

    async def _open_web_session(self, session: AsyncSession, user_id: int) -> str:
        secret = COOKIE_SECRET.create()
        most = self._resources.settings_of(AuthSettings).sessions_per_user
        web = SessionKind.WEB
        await open_session(session, user_id, web, hash_token(secret), most)
        return secret


async def _exchange(client: OAuthClient, code: str, secrets: Secrets) -> OAuthToken:
    try:
        return await client.exchange_code_for_token(code, secrets.verifier)
    except GrantEnded as error:
        raise SignInRefused(
            "The provider does not know this sign-in. Start it again."
        ) from error
