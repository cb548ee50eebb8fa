"""Valid access tokens of providers, refreshed by one process at a time."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID, uuid4

import structlog
from pydantic import SecretStr
from sqlalchemy import bindparam, func, or_, select, update
from sqlmodel import col

from unwrapped.auth.models import LinkedAccount, ProviderToken
from unwrapped.auth.oauth.clients.client import OAuthClient, OAuthToken
from unwrapped.auth.oauth.errors import GrantEnded
from unwrapped.auth.oauth.provider_tokens.encrypted_columns import context_of
from unwrapped.auth.oauth.provider_tokens.stored_tokens import expiry_of, sealed
from unwrapped.auth.oauth.providers import providers_of
from unwrapped.core.database import Database, count_changed
from unwrapped.core.exceptions import Conflict, ExternalAPIError, NotFound
from unwrapped.core.process_resources import Resources
from unwrapped.core.secrets.encryption import Cipher, Undecryptable
from unwrapped.shared.api_client import SECONDS, ServiceUnreachable, answers_in_time

LEASE = timedelta(seconds=SECONDS + 5)
"""The time until another refresh may begin: longer than a provider may take."""

CLAIMS_WAITED_FOR = 2
"""The claim of a process that died, and the one that replaced it."""

REFRESH_BEFORE = timedelta(seconds=60)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 0.5

_NOW = func.clock_timestamp()
_READ = (
    select(
        col(ProviderToken.account_id),
        col(ProviderToken.access_token),
        col(ProviderToken.reconnect_since),
        col(ProviderToken.refresh_id),
        or_(
            col(ProviderToken.expires_at).is_(None),
            col(ProviderToken.expires_at) > _NOW + REFRESH_BEFORE,
        ).label("is_fresh"),
        func.coalesce(col(ProviderToken.refresh_until) > _NOW, False).label(
            "is_claimed"
        ),
    )
    .join(LinkedAccount, col(LinkedAccount.id) == col(ProviderToken.account_id))
    .where(
        col(LinkedAccount.user_id) == bindparam("user_id"),
        col(LinkedAccount.provider) == bindparam("provider"),
    )
)

log = structlog.get_logger()


class NotConnected(NotFound):
    """The person has granted no access to this provider."""

    code = "not_connected"

    def __init__(self) -> None:
        super().__init__("No access to this provider has been granted.")


class ReconnectNeeded(Conflict):
    """The person's grant has ended: only they can renew it."""

    code = "reconnect_needed"

    def __init__(self) -> None:
        super().__init__(
            "The access to this account has ended: link the account again."
        )


class ProvidesClients(Protocol):
    """A registry of providers by name."""

    def get(self, name: str) -> OAuthClient:
        """Return the provider. Raises a kind of `NotFound`."""
        ...


@dataclass(frozen=True, slots=True)
class _Stored:
    """A row as it was read."""

    account_id: UUID
    access_token: str | None
    refresh_id: UUID | None
    is_fresh: bool
    is_claimed: bool


@dataclass(frozen=True, slots=True)
class _Claim:
    """The exclusive right to refresh the tokens of one account, for `LEASE`."""

    database: Database
    cipher: Cipher
    account_id: UUID
    id: UUID

    async def take(self, seen: _Stored) -> SecretStr | None:
        """Return the refresh token; None if another process has changed the row.

        Raises `ReconnectNeeded` if there is no usable one, or `UnknownKey`.
        """
        claiming = (
            update(ProviderToken)
            .where(
                col(ProviderToken.account_id) == self.account_id,
                col(ProviderToken.reconnect_since).is_(None),
                col(ProviderToken.access_token).is_not_distinct_from(seen.access_token),
                or_(
                    col(ProviderToken.refresh_until).is_(None),
                    col(ProviderToken.refresh_until) <= _NOW,
                ),
            )
            .values(refresh_id=self.id, refresh_until=_NOW + LEASE)
            .returning(col(ProviderToken.refresh_token))
        )
        async with self.database.session() as session:
            taken = (await session.execute(claiming)).one_or_none()
            if taken is None:
                return None
            context = context_of("refresh_token", self.account_id)
            try:
                if taken.refresh_token is not None:
                    return SecretStr(self.cipher.decrypt(taken.refresh_token, context))
            except Undecryptable:
                log.warning(
                    "provider_token.undecryptable", account_id=str(self.account_id)
                )
        await self.give_up()
        return None

    async def store(self, token: OAuthToken) -> bool:
        """Store the new tokens; return whether the claim was still ours."""
        seal = partial(sealed, self.cipher, self.account_id)
        values: dict[str, object] = {
            "access_token": seal("access_token", token.access_token),
            "expires_at": expiry_of(token, datetime.now(UTC)),
        }
        if token.refresh_token is not None:
            values["refresh_token"] = seal("refresh_token", token.refresh_token)
        if token.scope is not None:
            values["scopes"] = token.scope.split()
        is_ours = await self._write(**values)
        if is_ours:
            log.info("provider_token.refreshed", account_id=str(self.account_id))
        return is_ours

    async def give_up(self, cause: GrantEnded | None = None) -> None:
        """Delete tokens that are not accepted, and note that the person must reconnect.

        Raises `ReconnectNeeded`, unless they have agreed again in the meantime.
        """
        if await self._write(
            access_token=None, refresh_token=None, reconnect_since=_NOW
        ):
            log.warning(
                "provider_token.reconnect_needed", account_id=str(self.account_id)
            )
            raise ReconnectNeeded from cause

    async def give_back(self) -> None:
        """Release the claim after a failure: another process may try."""
        await self._write()

    async def _write(self, **values: object) -> bool:
        statement = (
            update(ProviderToken)
            .where(
                col(ProviderToken.account_id) == self.account_id,
                col(ProviderToken.refresh_id) == self.id,
            )
            .values(refresh_id=None, refresh_until=None, **values)
        )
        async with self.database.session() as session:
            return await count_changed(session, statement) > 0


class TokenRefreshService:
    """Valid access tokens, refreshed by one process at a time.

    No connection is held during the request to the provider: a row is claimed, the
    provider is called, and the answer is stored under the claim.
    """

    def __init__(
        self, database: Database, providers: ProvidesClients, cipher: Cipher
    ) -> None:
        self._database = database
        self._providers = providers
        self._cipher = cipher

    async def get_valid_access_token(
        self, user_id: int, provider: str, rejected: SecretStr | None = None
    ) -> SecretStr:
        """Return a token valid for at least a minute, and not `rejected`, which the
        provider refused.

        Raises `NotConnected`, `ReconnectNeeded`, `ExternalAPIError`, or `UnknownKey`.
        """
        client = self._providers.get(provider)
        waited_for: set[UUID | None] = set()
        pause = FIRST_PAUSE_SECONDS
        # The process that refreshes is done, or dead, when its claim ends.
        while True:
            stored = await self._read(user_id, provider)
            token = self._usable(stored, rejected)
            if token is not None:
                return token
            if stored.is_claimed:
                waited_for.add(stored.refresh_id)
            if stored.is_claimed and len(waited_for) <= CLAIMS_WAITED_FOR:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            elif stored.is_claimed or (waited_for and stored.refresh_id is None):
                # A refresh failed a moment ago, for all who waited for it.
                raise ServiceUnreachable(
                    f"{client.registration.title} returns no new token at the moment."
                )
            else:
                token = await self._refresh(client, stored)
                if token is not None:
                    return token

    async def _read(self, user_id: int, provider: str) -> _Stored:
        async with self._database.session() as session:
            found = await session.execute(
                _READ, {"user_id": user_id, "provider": provider}
            )
            row = found.one_or_none()
        if row is None:
            raise NotConnected
        if row.reconnect_since is not None:
            raise ReconnectNeeded
        return _Stored(
            row.account_id,
            row.access_token,
            row.refresh_id,
            is_fresh=row.is_fresh,
            is_claimed=row.is_claimed,
        )

    def _usable(self, stored: _Stored, rejected: SecretStr | None) -> SecretStr | None:
        if stored.access_token is None or not stored.is_fresh:
            return None
        context = context_of("access_token", stored.account_id)
        try:
            token = SecretStr(self._cipher.decrypt(stored.access_token, context))
        except Undecryptable:
            log.warning(
                "provider_token.undecryptable", account_id=str(stored.account_id)
            )
            return None
        return None if token == rejected else token

    async def _refresh(self, client: OAuthClient, seen: _Stored) -> SecretStr | None:
        """Return a new token; None if another process changed the row: read it again."""
        claim = _Claim(self._database, self._cipher, seen.account_id, uuid4())
        refresh_token = await claim.take(seen)
        if refresh_token is None:
            return None
        try:
            # The limit is for all requests together: the claim must outlast them.
            async with answers_in_time(client.registration.title):
                token = await client.refresh(refresh_token)
        except GrantEnded as error:
            await claim.give_up(error)
            return None
        except ExternalAPIError:
            await claim.give_back()
            raise
        return token.access_token if await claim.store(token) else None


def refresh_service_of(resources: Resources) -> TokenRefreshService:
    """The service of this process."""
    return TokenRefreshService(
        resources.database, providers_of(resources), resources.cipher
    )
