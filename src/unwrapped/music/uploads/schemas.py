"""Uploads, as the API returns them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from unwrapped.core.schemas import Schema
from unwrapped.shared.validators import RequiredStr

FileName = Annotated[
    RequiredStr,
    Query(
        description="The name of the file, as the books show it.",
        examples=["my_spotify_data.zip"],
    ),
]


class UploadRead(Schema):
    """A file that waits for its import."""

    id: UUID
    name: str
    size: int = Field(
        description="The size in bytes; while the file is being received, the reserved"
        " size."
    )
    created_at: datetime
    receiving_at: datetime | None = Field(
        description="The last sign that the file is being received; null once it is"
        " complete."
    )
    task_id: UUID | None = Field(
        description="The task that imports the file, once it has begun."
    )
