"""What the API says of tasks."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.tasks.models import TaskStatus


class TaskRead(Schema):
    """A background task as it stands."""

    id: UUID
    kind: str = Field(examples=["music.import"])
    status: TaskStatus
    stage: str | None = Field(examples=["reading"])
    progress: float = Field(description="From 0 to 1.", examples=[0.4])
    attempt: int = Field(description="How often it was taken up.")
    error_code: str | None = Field(description="Why it failed, for programs.")
    error_message: str | None = Field(description="Why it failed, for people.")
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None
