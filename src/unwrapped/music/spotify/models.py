"""The table of listeners whose plays are synced."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from unwrapped.core.tables import Changed, UTCDateTime


class SpotifySync(Changed, table=True):
    """The sync of a listener's last plays; no row means no sync."""

    __tablename__ = "spotify_sync"

    user_id: int = Field(
        primary_key=True,
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    agreed_at: datetime = Field(sa_type=UTCDateTime)
    """When the listener turned it on and accepted Spotify's terms."""

    cursor: int | None = Field(default=None, sa_type=BigInteger)
    """The latest play seen, in Unix milliseconds: later ones are requested next."""

    next_sync_at: datetime = Field(sa_type=UTCDateTime, index=True)
    """The earliest next automatic sync."""

    last_synced_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_error_code: str | None = Field(default=None, sa_type=Text)
    """Why the latest attempt failed; None if it did not."""
