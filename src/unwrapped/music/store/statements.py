"""Statements on the rows of one listener."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, CursorResult, Row, TextClause, bindparam, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.exceptions import Conflict, UserNotFoundError
from unwrapped.core.postgres.advisory_locks import take_lock, try_lock
from unwrapped.core.postgres.session_settings import is_statement_timeout

NEXT_ID = "(SELECT coalesce(max(id), 0) FROM {table} WHERE user_id = :user_id) + row_number() OVER ()"
"""The next numbers of a dictionary; only whoever has the listener's lock may take them."""

FEWEST_ROWS = 1_000
"""Statistics of fewer new rows are left to autovacuum."""

# Autovacuum gives its table up after a second (`deadlock_timeout`) to one who waits.
_LOCK = """SET LOCAL lock_timeout = '3s'; LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE;
SET LOCAL lock_timeout = DEFAULT"""


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


async def add_rows(
    session: AsyncSession, user_id: int, table: str, statement: str
) -> int:
    """Run an INSERT into a dictionary that further rows of the transaction refer to.

    Returns how many rows it inserted. The planner learns of many: it may know the table as
    empty, and each check of a foreign key would then read all rows of the listener. The
    table is locked against VACUUM and ANALYZE until the transaction ends, as they would
    report it as empty again; when another import has it locked, its statistics have to do.
    """
    count = await run_all(session, user_id, [statement])
    if count >= FEWEST_ROWS:
        try:
            async with session.begin_nested():
                for part in _LOCK.format(table=table).split(";"):
                    await session.execute(text(part))
        except DBAPIError as error:
            if not is_statement_timeout(error):
                raise
        else:
            await session.execute(text(f"ANALYZE {table}"))
    return count


class HistoryBusy(Conflict):
    """An import or a removal is changing the listener's history."""

    code = "history_busy"

    def __init__(self) -> None:
        super().__init__(
            "Your history is being changed by an import or a removal. Try again when"
            " that has ended."
        )


async def lock_history(
    session: AsyncSession, user_id: int, *, wait: bool = True
) -> None:
    """Let the changes of one listener's history come one after the other.

    The listener cannot go until they are done. Raises `UserNotFoundError` for one who is
    gone already, and `HistoryBusy` instead of waiting for another change.
    """
    if wait:
        await take_lock(session, "history", user_id)
    elif not await try_lock(session, "history", user_id):
        raise HistoryBusy
    held = await session.scalar(
        of_listener('SELECT id FROM "user" WHERE id = :user_id FOR KEY SHARE'),
        {"user_id": user_id},
    )
    if held is None:
        raise UserNotFoundError("There is no such user.")


async def run(
    session: AsyncSession, user_id: int, statement: str, **parameters: object
) -> list[Row[Any]]:
    """Run a statement with the parameter `:user_id`; returns its rows, if any."""
    found = await session.execute(
        of_listener(statement), {"user_id": user_id} | parameters
    )
    if isinstance(found, CursorResult) and not found.returns_rows:
        return []
    return list(found)
