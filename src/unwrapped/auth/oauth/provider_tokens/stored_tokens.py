"""The tokens of providers, encrypted where they are stored."""

from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import LinkedAccount, ProviderToken
from unwrapped.auth.oauth.clients.client import OAuthToken
from unwrapped.auth.oauth.provider_tokens.encrypted_columns import context_of
from unwrapped.core.secrets.encryption import Cipher, Undecryptable, UnknownKey


class ProviderTokens:
    """Tokens of linked accounts, in a given transaction."""

    def __init__(self, session: AsyncSession, cipher: Cipher) -> None:
        self._session = session
        self._cipher = cipher

    async def store(
        self, account_id: UUID, token: OAuthToken, asked: tuple[str, ...]
    ) -> None:
        """Store a new grant in place of the previous one."""
        now = datetime.now(UTC)
        row = await self._session.get(ProviderToken, account_id)
        if row is None:
            row = ProviderToken(account_id=account_id, scopes=[], granted_at=now)
            self._session.add(row)
        seal = partial(sealed, self._cipher, account_id)
        row.access_token = seal("access_token", token.access_token)
        row.refresh_token = seal("refresh_token", token.refresh_token)
        row.scopes = list(asked) if token.scope is None else token.scope.split()
        row.expires_at = expiry_of(token, now)
        row.granted_at = now
        row.reconnect_since = row.refresh_id = row.refresh_until = None
        await self._session.flush()

    async def revocable(self, user_id: int, provider: str) -> SecretStr | None:
        """Return the token whose revocation ends all access; None if unreadable."""
        found = await self._session.scalars(
            select(ProviderToken)
            .join(LinkedAccount, col(LinkedAccount.id) == col(ProviderToken.account_id))
            .where(
                col(LinkedAccount.user_id) == user_id,
                col(LinkedAccount.provider) == provider,
            )
        )
        row = found.one_or_none()
        if row is None or row.refresh_token is None:
            return None
        context = context_of("refresh_token", row.account_id)
        try:
            return SecretStr(self._cipher.decrypt(row.refresh_token, context))
        except (Undecryptable, UnknownKey):
            return None


def sealed(
    cipher: Cipher, account_id: UUID, column: str, token: SecretStr | None
) -> str | None:
    """A token, encrypted for a column of its row."""
    if token is None:
        return None
    return cipher.encrypt(token.get_secret_value(), context_of(column, account_id))


def expiry_of(token: OAuthToken, now: datetime) -> datetime | None:
    """When a new access token expires; None if unknown."""
    if token.expires_in is None:
        return None
    return now + timedelta(seconds=token.expires_in)
