"""Whether a listener's last plays may be asked for."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.auth.models import LinkedAccount, ProviderToken
from unwrapped.auth.oauth.settings import SPOTIFY, OAuthSettings
from unwrapped.core.resources import Resources

SCOPE = "user-read-recently-played"
"""What the API asks for."""


@dataclass(frozen=True, slots=True)
class Access:
    """What a listener has let this service do."""

    is_linked: bool
    granted_at: datetime | None
    """When they last let it read their last plays; None when they did not."""

    has_ended: bool
    """Whether they have to do so anew."""

    @property
    def is_good(self) -> bool:
        """Whether Spotify may be asked."""
        return self.granted_at is not None and not self.has_ended


def is_configured(resources: Resources) -> bool:
    """Whether this server has an app at Spotify."""
    return resources.settings_of(OAuthSettings).oauth_client_id is not None


async def access_of(session: AsyncSession, user_id: int) -> Access:
    """The access that a listener has given."""
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
            col(LinkedAccount.provider) == SPOTIFY,
        )
    )
    row = found.one_or_none()
    if row is None or SCOPE not in (row.scopes or []):
        return Access(is_linked=row is not None, granted_at=None, has_ended=False)
    return Access(
        is_linked=True,
        granted_at=row.granted_at,
        has_ended=row.reconnect_since is not None,
    )
