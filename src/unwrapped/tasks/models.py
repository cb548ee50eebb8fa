"""Tables of background tasks and of the ticks of periodic jobs."""

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Index,
    SmallInteger,
    Text,
    text,
)
from sqlmodel import Field, SQLModel

from unwrapped.core.tables import Changed, UTCDateTime, one_of


class TaskStatus(StrEnum):
    """The status of a task. The first two are active, the others final."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Priority(IntEnum):
    """How urgent a task is: tasks that somebody waits for run first."""

    BATCH = 0
    INTERACTIVE = 1


ACTIVE = "status IN ('pending', 'processing')"
ENDED = frozenset({TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.CANCELLED})


class BackgroundTask(Changed, table=True):
    """One piece of work for one user; at most one is active for each kind and key."""

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
        Index("ix_background_task_listing", "user_id", "created_at", "id"),
        Index(
            "ix_background_task_ended",
            "completed_at",
            postgresql_where=text("completed_at IS NOT NULL"),
        ),
        Index(
            "ix_background_task_active_age", "created_at", postgresql_where=text(ACTIVE)
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    kind: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    """Identifies the work: begun twice with the same kind and key, it is one task."""

    status: TaskStatus = Field(
        default=TaskStatus.PENDING,
        sa_type=Text,
        sa_column_kwargs={"server_default": TaskStatus.PENDING},
    )
    priority: Priority = Field(
        default=Priority.BATCH,
        sa_type=SmallInteger,
        sa_column_kwargs={"server_default": text("0")},
    )
    version: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    """Increases with every change of the row, by a trigger that also notifies watchers.
    """

    stage: str | None = Field(default=None, sa_type=Text)
    """What is being done, in a word."""

    progress: float = Field(default=0.0, sa_column_kwargs={"server_default": text("0")})
    attempt: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """How often it was claimed; only the latest attempt may finish it."""

    uncounted: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Attempts that do not count towards failure: interrupted by a worker that stopped,
    or made before the task was retried.
    """

    next_attempt_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """The earliest next attempt; None unless it waits for one."""

    error_code: str | None = Field(default=None, sa_type=Text)
    error_message: str | None = Field(default=None, sa_type=Text)
    retryable: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false")}
    )
    """Whether the reason of its failure may be gone when it is tried again."""

    params: dict[str, Any] = Field(sa_type=JSON)
    result_data: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    request_id: str | None = Field(default=None, sa_type=Text)
    """The id of the request that began it, for the log."""

    started_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    completed_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


TASKS = SQLModel.metadata.tables[str(BackgroundTask.__tablename__)]
"""The table of tasks; statements on it are built once, which halves their cost."""


class PeriodicTick(Changed, table=True):
    """When a periodic job is due: the worker that advances the time takes the tick."""

    __tablename__ = "periodic_tick"

    name: str = Field(primary_key=True, sa_type=Text)
    due_at: datetime = Field(sa_type=UTCDateTime)
