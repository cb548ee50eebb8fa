"""Keyset pages: `{items, next_cursor}`, in an order that no two rows share a place in.

A cursor is the place of the last row of a page, tagged with its listing: opaque to
callers, and refused in another listing.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, SQLColumnExpression, tuple_

from unwrapped.core.exceptions import Invalid

LONGEST_PAGE_BYTES = 1024 * 1024
"""Of the items of a page, but for one that is longer by itself."""


class BadCursor(Invalid):
    """A cursor that this listing did not give out."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this listing gave out.")


class Page[T](BaseModel):
    """Some items, and where the next ones begin."""

    items: list[T]
    next_cursor: str | None = Field(description="None on the last page.")


@dataclass(frozen=True, slots=True)
class Rows[T]:
    """The rows of a page, before they are turned into what the API says of them."""

    rows: list[T]
    next_cursor: str | None
    cursor_after: Callable[[Any], str]

    def of[U: BaseModel](self, read: Callable[[T], U]) -> Page[U]:
        """The page with each row read.

        It ends before the row that would make it longer than `LONGEST_PAGE_BYTES`,
        but holds one row at least.
        """
        items = [read(row) for row in self.rows]
        kept = self._first(
            _room(len(item.model_dump_json().encode()) for item in items)
        )
        return Page(items=items[: len(kept.rows)], next_cursor=kept.next_cursor)

    def fitting(self, size: Callable[[T], int]) -> "Rows[T]":
        """The rows, one at least, that a page has room for; `size` in bytes."""
        return self._first(_room(map(size, self.rows)))

    def replaced[U](self, rows: list[U]) -> "Rows[U]":
        """The same places, with `rows` that have the members of their places, too."""
        return Rows(rows, self.next_cursor, self.cursor_after)

    def _first(self, count: int) -> "Rows[T]":
        if count == len(self.rows):
            return self
        kept = self.rows[:count]
        return Rows(kept, self.cursor_after(kept[-1]), self.cursor_after)


def _room(sizes: Iterable[int]) -> int:
    """How many of these fit, the first in any case."""
    totals = accumulate(sizes)
    return sum(n == 0 or total <= LONGEST_PAGE_BYTES for n, total in enumerate(totals))


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing by name, with the types that make up a place in its order."""

    name: str
    types: tuple[type, ...]

    def page[T](
        self, rows: Sequence[T], limit: int, place: Callable[[T], tuple[Any, ...]]
    ) -> Rows[T]:
        """The first `limit` of `rows`; one more among them means there is a next page."""

        def cursor_after(row: T) -> str:
            return self._cursor(place(row))

        kept = list(rows[:limit])
        more = len(rows) > limit
        return Rows(kept, cursor_after(kept[-1]) if more else None, cursor_after)

    def newest_first[*R](
        self,
        query: Select[*R],
        place: Sequence[SQLColumnExpression[Any]],
        limit: int,
        cursor: str | None,
    ) -> Select[*R]:
        """The rows of a page, the latest first, and one more. Raises `BadCursor`."""
        if cursor is not None:
            query = query.where(tuple_(*place) < tuple_(*self.parse(cursor)))
        return query.order_by(*(column.desc() for column in place)).limit(limit + 1)

    def _cursor(self, place: tuple[Any, ...]) -> str:
        parts = [self.name, *(_written(value) for value in place)]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    def parse(self, cursor: str) -> tuple[Any, ...]:
        """The place that a cursor stands for. Raises `BadCursor`."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            name, *parts = json.loads(base64.b64decode(padded, b"-_", validate=True))
            if name != self.name or len(parts) != len(self.types):
                raise BadCursor
            return tuple(map(_read, self.types, parts))
        except (ValueError, TypeError, OverflowError, binascii.Error) as error:
            raise BadCursor from error


def _written(value: Any) -> str | int:
    return (
        value.isoformat()
        if isinstance(value, datetime)
        else (value if isinstance(value, int) else str(value))
    )


def _read(kind: type, part: Any) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(part)
        if moment.tzinfo is None:
            raise ValueError("no zone")
        return moment.astimezone(UTC)
    if kind is int:
        if type(part) is not int or abs(part) >= 2**31:
            raise ValueError("out of range")
        return part
    if not isinstance(part, str):
        raise TypeError("no id")
    return UUID(part)
