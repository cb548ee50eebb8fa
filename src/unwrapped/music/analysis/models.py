"""The table of analyses."""

from uuid import UUID

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from unwrapped.core.tables import Created


class Analysis(Created, table=True):
    """A judged period: a snapshot, which later imports do not change."""

    __tablename__ = "analysis"
    __table_args__ = (Index("ix_analysis_listing", "user_id", "created_at", "id"),)

    id: UUID = Field(primary_key=True)
    """That of the task that made it."""

    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    period: str = Field(sa_type=Text)
    zone: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    portrait: str = Field(sa_type=Text)
    """JSON, as `unwrapped analyze --json` prints it."""

    public_portrait: str = Field(sa_type=Text)
    """The same without the names of the listener's files: what a share is drawn from."""
