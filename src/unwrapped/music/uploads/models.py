"""The table of uploaded files."""

from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from unwrapped.core.tables import Created


class UploadedFile(Created, table=True):
    """A file in the object store, under its id; deleted when its import has ended."""

    __tablename__ = "uploaded_file"
    __table_args__ = (Index("ix_uploaded_file_user_id", "user_id", "created_at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    name: str = Field(sa_type=Text)
    """What its owner calls it: shown, never a path."""

    size: int = Field(sa_type=BigInteger)
    task_id: UUID | None = Field(
        default=None, foreign_key="background_task.id", ondelete="SET NULL", index=True
    )
    """The import that it belongs to, once that has begun."""

    @property
    def object_key(self) -> str:
        """Where it lies in the object store."""
        return self.id.hex
