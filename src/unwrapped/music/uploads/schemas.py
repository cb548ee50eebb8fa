"""What the API says of uploads."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import Field

from unwrapped.core.fields import RequiredStr, Schema

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
    size: int = Field(description="Bytes.")
    created_at: datetime
