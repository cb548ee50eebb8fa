"""People's grants of access to their accounts at providers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, any_, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import LinkedAccount, ProviderToken, User


@dataclass(frozen=True, slots=True)
class Grant:
    """A person's grant of access at a provider."""

    is_linked: bool
    granted_at: datetime | None
    """When they last granted the scope; None if they did not."""

    has_ended: bool
    """Whether the provider has ended it, so only the person can renew it."""

    @property
    def is_good(self) -> bool:
        """Whether the provider's API may be called."""
        return self.granted_at is not None and not self.has_ended


async def grant_of(
    session: AsyncSession, user_id: int, provider: str, scope: str
) -> Grant:
    """The grant of one scope by a person."""
    found = await session.execute(
        select(
            col(ProviderToken.scopes),
            col(ProviderToken.granted_at),
            col(ProviderToken.reconnect_since),
        )
        .select_from(LinkedAccount)
        .outerjoin(
            ProviderToken, col(ProviderToken.account_id) == col(LinkedAccount.id)
        )
        .where(
            col(LinkedAccount.user_id) == user_id,
            col(LinkedAccount.provider) == provider,
        )
    )
    row = found.one_or_none()
    if row is None or scope not in (row.scopes or []):
        return Grant(is_linked=row is not None, granted_at=None, has_ended=False)
    return Grant(
        is_linked=True,
        granted_at=row.granted_at,
        has_ended=row.reconnect_since is not None,
    )


def users_granting(provider: str, scope: str) -> Select[int | None]:
    """The ids of enabled users whose grant of the scope is valid.

    Each user is locked against deletion; users being deleted are skipped.
    """
    return (
        select(col(User.id))
        .join(LinkedAccount, col(LinkedAccount.user_id) == col(User.id))
        .join(ProviderToken, col(ProviderToken.account_id) == col(LinkedAccount.id))
        .where(
            col(User.disabled_at).is_(None),
            col(LinkedAccount.provider) == provider,
            col(ProviderToken.reconnect_since).is_(None),
            literal(scope) == any_(col(ProviderToken.scopes)),
        )
        .with_for_update(of=User, key_share=True, read=True, skip_locked=True)
    )
