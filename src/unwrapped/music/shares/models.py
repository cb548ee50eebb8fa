"""The table of shares."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from unwrapped.core.tables import Created, UTCDateTime


class Share(Created, table=True):
    """A link to an analysis. Whoever has its token may see it; we keep only a hash."""

    __tablename__ = "share"
    __table_args__ = (Index("ix_share_listing", "user_id", "created_at", "id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    analysis_id: UUID = Field(foreign_key="analysis.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(sa_type=Text, unique=True)
    """SHA-256 in hexadecimal: enough for 192 random bits."""

    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
