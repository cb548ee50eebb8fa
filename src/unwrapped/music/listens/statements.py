"""Statements on the rows of one listener."""

from collections.abc import Iterable

from sqlalchemy import BigInteger, CursorResult, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import UserNotFoundError
from unwrapped.core.postgres.advisory_locks import take_lock

NEXT_ID = "(SELECT coalesce(max(id), 0) FROM {table} WHERE user_id = :user_id) + row_number() OVER ()"
"""The next numbers of a dictionary; only whoever has the listener's lock may take them."""


def of_listener(statement: str) -> TextClause:
    """SQL with the parameter `:user_id`, which PostgreSQL could not type by itself."""
    return text(statement).bindparams(bindparam("user_id", type_=BigInteger))


async def run_all(
    session: AsyncSession, user_id: int, statements: Iterable[str]
) -> int:
    """Run statements one after the other, some of them with the parameter `:user_id`.

    Says how many rows they made or changed.
    """
    count = 0
    for statement in statements:
        if ":user_id" in statement:
            query, values = of_listener(statement), {"user_id": user_id}
        else:
            query, values = text(statement), {}
        result = await session.execute(query, values)
        if isinstance(result, CursorResult):
            count += max(result.rowcount, 0)
    return count


async def lock_history(session: AsyncSession, user_id: int) -> None:
    """Let the changes of one listener's history come one after the other.

    The listener cannot go until they are done. Raises `UserNotFoundError` for one who is
    gone already.
    """
    await take_lock(session, "history", user_id)
    held = await session.scalar(
        of_listener('SELECT id FROM "user" WHERE id = :user_id FOR KEY SHARE'),
        {"user_id": user_id},
    )
    if held is None:
        raise UserNotFoundError("There is no such user.")
