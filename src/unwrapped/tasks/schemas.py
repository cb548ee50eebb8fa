"""Tasks in the API."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from pydantic import Field
from sqlalchemy import Row

from unwrapped.core.schemas import Schema
from unwrapped.tasks.models import TaskStatus


class TaskRead(Schema):
    """A background task."""

    id: UUID
    kind: str = Field(examples=["music.import"])
    status: TaskStatus
    stage: str | None = Field(examples=["reading"])
    progress: float = Field(description="From 0 to 1.", examples=[0.4])
    attempt: int = Field(description="The number of attempts.")
    next_attempt_at: datetime | None = Field(
        description="When it is tried again; null unless it waits for another attempt."
    )
    error_code: str | None = Field(description="Why it failed, for programs.")
    error_message: str | None = Field(description="Why it failed, for people.")
    retryable: bool = Field(description="Whether it failed, and may be retried.")
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task at one version of its row."""

    version: int
    task: TaskRead

    @classmethod
    def of(cls, row: Row[*tuple[Any, ...]]) -> Self:
        """The state in a row: the columns of `TaskRead`, and `version`."""
        return cls(row.version, TaskRead.model_validate(row))
