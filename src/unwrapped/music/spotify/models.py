"""The table of listeners who have their plays synced."""

from datetime import datetime

from sqlalchemy import BigInteger, Text
from sqlmodel import Field

from unwrapped.core.tables import Changed, UTCDateTime


class SpotifySync(Changed, table=True):
    """That a listener's last plays are synced; without a row they are not."""

    __tablename__ = "spotify_sync"

    user_id: int = Field(
        primary_key=True,
        foreign_key="user.id",
        ondelete="CASCADE",
        sa_type=BigInteger,
    )
    agreed_at: datetime = Field(sa_type=UTCDateTime)
    """When the listener turned it on, having been told of Spotify's terms."""

    cursor: int | None = Field(default=None, sa_type=BigInteger)
    """The latest play that was seen, in Unix milliseconds: it is asked for later ones."""

    next_sync_at: datetime = Field(sa_type=UTCDateTime, index=True)
    """Not begun by itself before."""

    last_synced_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    last_error_code: str | None = Field(default=None, sa_type=Text)
    """Why the latest attempt failed; None when it did not."""
