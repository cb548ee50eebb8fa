"""Tables of people and their sessions."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Identity, Text
from sqlmodel import Field

from unwrapped.core.tables import Changed, Created, UTCDateTime


class User(Changed, table=True):
    """A person with an account."""

    id: int | None = Field(
        default=None, primary_key=True, sa_type=BigInteger, sa_column_args=[Identity()]
    )
    username: str = Field(sa_type=Text)
    """As the person writes it."""

    username_key: str = Field(sa_type=Text, unique=True)
    """What makes two user names the same: NFKC, casefold."""

    password_hash: str | None = Field(default=None, sa_type=Text)
    """Argon2id; None for somebody who signs in elsewhere."""

    display_name: str = Field(sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    """Unverified: nothing may be decided by it."""

    time_zone: str = Field(default="UTC", sa_type=Text)
    """IANA name of the zone that the person's days and hours are told in."""


class UserSession(Created, table=True):
    """A sign-in. Its id is in every access token, and looked up with every request."""

    __tablename__ = "user_session"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(
        foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger, index=True
    )
    expires_at: datetime = Field(sa_type=UTCDateTime, index=True)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
