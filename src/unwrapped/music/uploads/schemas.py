"""What the API says of uploads."""

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
        description="What you call the file; it is shown in the books.",
        examples=["my_spotify_data.zip"],
    ),
]


class UploadRead(Schema):
    """A file that waits for its import."""

    id: UUID
    name: str
    size: int = Field(
        description="Bytes; as many as it may have while it is being received."
    )
    created_at: datetime
    receiving_at: datetime | None = Field(
        description="When something of it last came; null once it is whole."
    )
    task_id: UUID | None = Field(description="Its import, once that has begun.")
