"""Reads the stored books of the imports of a listener."""

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from unwrapped.music.history.books import Books
from unwrapped.music.imports.models import HistoryImport


async def books_of_imports(session: AsyncSession, user_id: int) -> list[Books]:
    """The books of all completed imports, the oldest first."""
    found = await session.scalars(
        select(col(HistoryImport.books))
        .where(col(HistoryImport.user_id) == user_id)
        .order_by(col(HistoryImport.created_at), col(HistoryImport.id))
    )
    return [msgspec.convert(books, Books) for books in found]
