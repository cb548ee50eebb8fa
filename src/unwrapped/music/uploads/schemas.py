"""Uploads in the API."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from unwrapped.core.fields import Schema
from unwrapped.shared.validators import RequiredStr

FileName = Annotated[
    RequiredStr,
    Query(
        description="The name of the file for display in the books.",
        examples=["my_spotify_data.zip"],
    ),
]


class UploadRead(Schema):
    """A file that waits for its import."""

    id: UUID
    name: str
    size: int = Field(
        description="Bytes; while it is being received, the reserved number."
    )
    created_at: datetime
    receiving_at: datetime | None = Field(
        description="When data was last received; null once complete."
    )
    task_id: UUID | None = Field(description="Its import, once that has begun.")
