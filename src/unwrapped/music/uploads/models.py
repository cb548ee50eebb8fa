"""The table of uploaded files."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from unwrapped.core.tables import Created, UTCDateTime


class UploadedFile(Created, table=True):
    """A file in the object store, under its id; deleted when its import has ended.

    The row exists before the file: it also counts files that are being received.
    """

    __tablename__ = "uploaded_file"
    __table_args__ = (Index("ix_uploaded_file_listing", "user_id", "created_at", "id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    """The name that its owner gave: for display, never a path."""

    size: int = Field(sa_type=BigInteger)
    """Bytes; while the file is being received, the reserved number."""

    digest: str | None = Field(default=None, sa_type=Text)
    """SHA-256 of the whole file."""

    receiving_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    """The last sign of progress while the file is being received; None once complete.
    """

    task_id: UUID | None = Field(
        default=None, foreign_key="background_task.id", ondelete="SET NULL", index=True
    )
    """The import that it belongs to, once that has begun."""

    @property
    def object_key(self) -> str:
        """Its key in the object store."""
        return self.id.hex
