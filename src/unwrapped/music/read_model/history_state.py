"""Which state of a history a copy was made from, and what was added since."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.music.store.listener_sql import run


class Head(msgspec.Struct, frozen=True):
    """The state of a history."""

    user_id: int
    version: int = 0
    """Increases with every change; 0 if nothing was ever stored."""

    rules: str = ""
    """The rules that marks and names follow."""

    next_number: int = 1
    """The state includes all records with smaller numbers."""


class Span(msgspec.Struct, frozen=True):
    """The first and the last start of some listens."""

    first: datetime
    last: datetime


_HEAD = "SELECT version, rules, next_number FROM history WHERE user_id = :user_id"

_ADDITIONS = """SELECT version, first_started, last_started FROM addition
WHERE user_id = :user_id AND version > :after AND version <= :until"""


async def read_head(session: AsyncSession, user_id: int) -> Head:
    """The current state of a history."""
    rows = await run(session, user_id, _HEAD)
    return Head(user_id, *rows[0]) if rows else Head(user_id)


async def spans_between(
    session: AsyncSession, base: Head, head: Head
) -> Sequence[Span] | None:
    """The spans in which listens were added between two states, disjoint and in order.

    None if anything else changed.
    """
    if base.version > head.version or base.rules != head.rules:
        return None
    if base.version == head.version:
        return []
    rows = await run(
        session, head.user_id, _ADDITIONS, after=base.version, until=head.version
    )
    if len(rows) < head.version - base.version:
        return None
    found = sorted(
        (row.first_started, row.last_started)
        for row in rows
        if row.first_started is not None
    )
    spans: list[Span] = []
    for first, last in found:
        if spans and first <= spans[-1].last:
            spans[-1] = Span(spans[-1].first, max(last, spans[-1].last))
        else:
            spans.append(Span(first, last))
    return spans
