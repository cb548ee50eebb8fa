"""The row of a background task: what a user sees of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Text, text
from sqlmodel import Field

from unwrapped.core.tables import Changed, UTCDateTime, one_of


class TaskStatus(StrEnum):
    """Where a task stands. The first two are active, the others final."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ACTIVE = "status IN ('pending', 'processing')"
ENDED = frozenset({TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED})


class BackgroundTask(Changed, table=True):
    """One piece of work for one user; of a key of a kind at most one is active."""

    __tablename__ = "background_task"
    __table_args__ = (
        one_of("status", TaskStatus),
        CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
        Index(
            "uq_background_task_active",
            "user_id",
            "kind",
            "key",
            unique=True,
            postgresql_where=text(ACTIVE),
        ),
        Index("ix_background_task_listing", "user_id", "kind", "created_at", "id"),
        Index(
            "ix_background_task_active_age", "created_at", postgresql_where=text(ACTIVE)
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    kind: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    """What makes two beginnings of a kind the same one."""

    status: TaskStatus = Field(
        default=TaskStatus.PENDING,
        sa_type=Text,
        sa_column_kwargs={"server_default": TaskStatus.PENDING},
    )
    stage: str | None = Field(default=None, sa_type=Text)
    """What is being done, in a word."""

    progress: float = Field(default=0.0, sa_column_kwargs={"server_default": text("0")})
    attempt: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How often it was taken up; only the latest attempt may finish it."""

    error_code: str | None = Field(default=None, sa_type=Text)
    error_message: str | None = Field(default=None, sa_type=Text)
    params: dict[str, Any] = Field(sa_type=JSON)
    result_data: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    request_id: str | None = Field(default=None, sa_type=Text)
    """The request that began it, for the log."""

    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
