"""Runs statements on the rows of one listener."""

from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, CursorResult, Row, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession


@lru_cache
def of_listener(statement: str) -> TextClause:
    """SQL with the parameter `:user_id`, whose type PostgreSQL cannot always infer."""
    return text(statement).bindparams(bindparam("user_id", type_=BigInteger))


async def run(
    session: AsyncSession, user_id: int, statement: str, **parameters: object
) -> list[Row[Any]]:
    """Run a statement with the parameter `:user_id`; return its rows, if any."""
    found = await session.execute(
        of_listener(statement), {"user_id": user_id} | parameters
    )
    if isinstance(found, CursorResult) and not found.returns_rows:
        return []
    return list(found)
