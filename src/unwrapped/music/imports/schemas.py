"""Requests and responses of imports."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from unwrapped.core.schemas import Schema
from unwrapped.music.history.books import Books

MOST_UPLOADS = 50


class ImportCreate(Schema):
    """The uploads to import together, all of them or none."""

    uploads: Annotated[list[UUID], Field(min_length=1, max_length=MOST_UPLOADS)]


class ImportRead(Schema):
    """A completed import."""

    id: UUID = Field(description="The id of the task that imported it.")
    created_at: datetime
    books: Books
