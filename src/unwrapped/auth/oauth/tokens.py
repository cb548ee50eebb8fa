"""The tokens of providers, encrypted where they are stored."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import LinkedAccount, ProviderToken
from unwrapped.auth.oauth.client import OAuthToken
from unwrapped.core.encryption import Cipher, Place, Undecryptable


def place_of(column: str, account_id: UUID) -> Place:
    """Where a token is stored."""
    return Place("provider_token", column, account_id)


class ProviderTokens:
    """Tokens of linked accounts, in a transaction that it is given."""

    def __init__(self, session: AsyncSession, cipher: Cipher) -> None:
        self._session = session
        self._cipher = cipher

    async def store(
        self, account_id: UUID, token: OAuthToken, asked: tuple[str, ...]
    ) -> None:
        """Keep what somebody has just agreed to, in place of what was there."""
        now = datetime.now(UTC)
        row = await self._session.get(ProviderToken, account_id)
        if row is None:
            row = ProviderToken(account_id=account_id, scopes=[], granted_at=now)
            self._session.add(row)
        row.access_token = self._sealed("access_token", account_id, token.access_token)
        row.refresh_token = self._sealed(
            "refresh_token", account_id, token.refresh_token
        )
        row.scopes = list(asked) if token.scope is None else token.scope.split()
        row.expires_at = expiry_of(token, now)
        row.granted_at = now
        row.reconnect_since = row.refresh_id = row.refresh_until = None
        await self._session.flush()

    async def revocable(self, user_id: int, provider: str) -> SecretStr | None:
        """The token whose end ends all access; None where there is none to read."""
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
        place = place_of("refresh_token", row.account_id)
        try:
            return SecretStr(self._cipher.decrypt(row.refresh_token, place))
        except Undecryptable:
            return None

    def _sealed(
        self, column: str, account_id: UUID, token: SecretStr | None
    ) -> str | None:
        if token is None:
            return None
        place = place_of(column, account_id)
        return self._cipher.encrypt(token.get_secret_value(), place)


def expiry_of(token: OAuthToken, now: datetime) -> datetime | None:
    """When an access token that has just come ends; None where nobody knows."""
    if token.expires_in is None:
        return None
    return now + timedelta(seconds=token.expires_in)
