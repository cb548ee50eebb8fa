"""The tables of analyses and of the inputs of a model."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from unwrapped.core.tables import Created, UTCDateTime, one_of
from unwrapped.music.critic.language_model.settings import CriticName


class Analysis(Created, table=True):
    """A judged period. It is a snapshot: later imports do not change it."""

    __tablename__ = "analysis"
    __table_args__ = (
        one_of("critic", CriticName),
        Index("ix_analysis_listing", "user_id", "created_at", "id"),
    )

    id: UUID = Field(primary_key=True)
    """The id of the task that made the analysis."""

    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    period: str = Field(sa_type=Text)
    zone: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    portrait: str = Field(sa_type=Text)
    """JSON, as `unwrapped analyze --json` prints it."""

    public_portrait: str = Field(sa_type=Text)
    """The same without the names of the listener's files: the basis of shares."""

    critic: CriticName = Field(
        default=CriticName.HOUSE,
        sa_type=Text,
        sa_column_kwargs={"server_default": CriticName.HOUSE},
    )
    """Who wrote the verdict."""

    seen_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """When the listener first read a verdict that a model wrote; None before that."""


class ModelDraft(Created, table=True):
    """The input of a model for an analysis; deleted when the verdict is final."""

    __tablename__ = "model_draft"

    analysis_id: UUID = Field(
        foreign_key="analysis.id", ondelete="CASCADE", primary_key=True
    )
    task_id: UUID = Field(unique=True)
    """The task that asks the model."""

    brief: str = Field(sa_type=Text)
    """JSON (`critic.language_model.brief.Brief`)."""
