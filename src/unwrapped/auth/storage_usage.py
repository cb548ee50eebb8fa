"""How much of the database each person uses, and what an account's deletion deletes."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from unwrapped.core.personal_data import PersonalData


@dataclass(slots=True)
class Usage:
    """The part of the database that belongs to one person."""

    rows: dict[str, int] = field(default_factory=dict)
    """The number of rows by table; tables without such rows are left out."""

    bytes: int = 0
    """The estimated share of tables and indexes, in proportion to the rows."""


async def read_usage(
    session: AsyncSession, parts: Iterable[PersonalData]
) -> dict[int, Usage]:
    """Return the usage of people by account id; those without rows are left out."""
    names = {name for part in parts for name in part.tables}
    found: dict[int, Usage] = {}
    for name in sorted(names):
        table = SQLModel.metadata.tables[name]
        if "user_id" in table.c:
            await _add(session, table, found)
    return found


async def _add(session: AsyncSession, table: Table, found: dict[int, Usage]) -> None:
    rows = func.count()
    size = await session.scalar(select(func.pg_total_relation_size(f'"{table.name}"')))
    counted = await session.execute(
        select(table.c.user_id, rows).group_by(table.c.user_id)
    )
    counts: dict[int, int] = {one: count for one, count in counted}  # noqa: C416 - rows are no tuples to mypy
    total = sum(counts.values())
    for user_id, count in counts.items():
        usage = found.setdefault(user_id, Usage())
        usage.rows[table.name] = count
        usage.bytes += (size or 0) * count // total


async def read_contents(
    session: AsyncSession, user_id: int, parts: Iterable[PersonalData]
) -> dict[str, int]:
    """Return the number of rows that belong to an account, by the name of the part.

    Parts without rows are left out.
    """
    counts = {}
    for part in parts:
        query = select(func.count()).select_from(part.rows.order_by(None).subquery())
        count = await session.scalar(query, {"user_id": user_id})
        if count:
            counts[part.name] = count
    return counts
