"""The table of listeners whose plays are synced."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from unwrapped.core.tables import Changed, UTCDateTime


class SpotifySync(Changed, table=True):
    """A listener's sync of their last plays from Spotify; no row means no sync."""

    __tablename__ = "spotify_sync"

    user_id: int = Field(
        primary_key=True,
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    agreed_at: datetime = Field(sa_type=UTCDateTime)
    """When the listener turned the sync on and accepted Spotify's terms."""

    cursor: int | None = Field(default=None, sa_type=BigInteger)
    """The time of the latest play seen, in Unix milliseconds; the next sync requests later
    plays.
    """

    next_sync_at: datetime = Field(sa_type=UTCDateTime, index=True)
    """The earliest next automatic sync."""

    last_synced_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_error_code: str | None = Field(default=None, sa_type=Text)
    """The code of the error of the latest attempt; None if it succeeded."""
