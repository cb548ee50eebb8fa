"""The parameters of the import task."""

from uuid import UUID

from unwrapped.core.schemas import Schema


class ImportParams(Schema):
    """The ids of the uploads to import."""

    uploads: list[UUID]
