"""The tables of shares and of their pictures."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Index, LargeBinary, Text
from sqlmodel import Field

from unwrapped.core.tables import Created, UTCDateTime, one_of


class Share(Created, table=True):
    """A link to an analysis. Anyone who has the token of the link can see the analysis."""

    __tablename__ = "share"
    __table_args__ = (Index("ix_share_listing", "user_id", "created_at", "id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    analysis_id: UUID = Field(foreign_key="analysis.id", ondelete="CASCADE", index=True)
    token_hash: str = Field(sa_type=Text, unique=True)
    """SHA-256 of the token in hexadecimal. The token has 192 random bits, so that a fast
    hash without salt is enough.
    """

    expires_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    name: str | None = Field(default=None, sa_type=Text)
    """The name of the listener that the page shows; None if they chose to show none."""


class CardForm(StrEnum):
    """The pictures of a share."""

    CARD = "card"
    """For previews of the link: 1200 by 630 pixels."""

    STORY = "story"
    """For a phone held upright: 1080 by 1920 pixels."""


class ShareCard(Created, table=True):
    """A picture of a share: stored at the first request, deleted with the share."""

    __tablename__ = "share_card"
    __table_args__ = (one_of("form", CardForm),)

    share_id: UUID = Field(foreign_key="share.id", ondelete="CASCADE", primary_key=True)
    form: CardForm = Field(sa_type=Text, primary_key=True)
    png: bytes = Field(sa_type=LargeBinary)
