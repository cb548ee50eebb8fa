"""Lists and unlinks the linked accounts of a person."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import structlog
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import LinkedAccount, ProviderToken
from unwrapped.auth.oauth.linked_accounts import LinkedAccounts
from unwrapped.auth.oauth.provider_tokens.stored_tokens import ProviderTokens
from unwrapped.auth.oauth.providers import ProviderNotFound, providers_of
from unwrapped.auth.oauth.schemas import AccessRead, LinkedAccountRead
from unwrapped.core.domain import OnUnlink
from unwrapped.core.exceptions import ExternalAPIError
from unwrapped.core.process_resources import Resources

log = structlog.get_logger()


class LinkService:
    """Linked accounts of a person."""

    def __init__(self, resources: Resources, on_unlink: Iterable[OnUnlink]) -> None:
        self._database = resources.database
        self._cipher = resources.cipher
        self._providers = providers_of(resources)
        self._on_unlink = on_unlink

    async def list_accounts(self, user_id: int) -> list[LinkedAccountRead]:
        """Return the accounts, ordered by provider."""
        async with self._database.session() as session:
            accounts = await LinkedAccounts(session).list_accounts(user_id)
            access = await _access_of(session, user_id)
        return [
            LinkedAccountRead(
                provider=account.provider,
                display_name=account.display_name,
                created_at=account.created_at,
                access=self._read(account.provider, access.get(account.id)),
            )
            for account in accounts
        ]

    async def unlink(self, user_id: int, provider: str) -> None:
        """Unlink an account, and delete its tokens and all data from the provider's
        API.

        Raises `LinkNotFound` or `OnlySignIn`.
        """
        async with self._database.session() as session:
            token = await ProviderTokens(session, self._cipher).revocable(
                user_id, provider
            )
            await LinkedAccounts(session).unlink(user_id, provider)
            for forget in self._on_unlink:
                await forget(session, user_id, provider)
        log.info("oauth.unlinked", provider=provider)
        if token is not None:
            await self._revoke(provider, token)

    async def _revoke(self, provider: str, token: SecretStr) -> None:
        """Revoke the token at the provider; a failure is only logged."""
        try:
            await self._providers.get(provider).revoke(token)
        except (ExternalAPIError, ProviderNotFound) as error:
            log.warning("oauth.not_revoked", provider=provider, code=error.code)

    def _read(self, provider: str, token: ProviderToken | None) -> AccessRead | None:
        if token is None:
            return None
        return AccessRead(
            scopes=token.scopes,
            granted_at=token.granted_at,
            ends_at=self._ends_at(provider, token.granted_at),
            reconnect_since=token.reconnect_since,
        )

    def _ends_at(self, provider: str, granted_at: datetime) -> datetime | None:
        try:
            lasts = self._providers.get(provider).consent_lasts
        except ProviderNotFound:  # no longer in the settings
            return None
        return None if lasts is None else granted_at + lasts


async def _access_of(session: AsyncSession, user_id: int) -> dict[UUID, ProviderToken]:
    found = await session.scalars(
        select(ProviderToken)
        .join(LinkedAccount, col(LinkedAccount.id) == col(ProviderToken.account_id))
        .where(col(LinkedAccount.user_id) == user_id)
    )
    return {token.account_id: token for token in found}
