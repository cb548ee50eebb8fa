"""The table of completed imports."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from unwrapped.core.tables import Created


class HistoryImport(Created, table=True):
    """A completed import with its books."""

    __tablename__ = "history_import"
    __table_args__ = (
        Index("ix_history_import_listing", "user_id", "created_at", "id"),
        UniqueConstraint("user_id", "id"),
    )

    id: UUID = Field(primary_key=True)
    """The id of the task that imported it."""

    user_id: int = Field(foreign_key="user.id", ondelete="CASCADE", sa_type=BigInteger)
    books: dict[str, Any] = Field(sa_type=JSON)
    """`music.history.books.Books`."""
