"""What the task that imports is told."""

from uuid import UUID

from unwrapped.core.fields import Schema


class ImportParams(Schema):
    """The uploads to be imported, by their ids."""

    uploads: list[UUID]
