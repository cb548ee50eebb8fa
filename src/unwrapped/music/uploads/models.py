"""The table of uploaded files."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from unwrapped.core.tables import Created, UTCDateTime


class UploadedFile(Created, table=True):
    """A file in the object store, under its id, which is deleted when its import ends.

    The row exists before the file, so files that are being received count as well.
    """

    __tablename__ = "uploaded_file"
    __table_args__ = (Index("ix_uploaded_file_listing", "user_id", "created_at", "id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    """The name that the owner gave to the file, for display; never used as a path."""

    size: int = Field(sa_type=BigInteger)
    """The size in bytes; while the file is being received, the reserved size."""

    digest: str | None = Field(default=None, sa_type=Text)
    """SHA-256 of the whole file."""

    receiving_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """The last update while the file is being received; None once it is complete."""

    task_id: UUID | None = Field(
        default=None, foreign_key="background_task.id", ondelete="SET NULL", index=True
    )
    """The task that imports the file, once it has begun."""

    @property
    def object_key(self) -> str:
        """The key of the file in the object store."""
        return self.id.hex
