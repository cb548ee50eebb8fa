"""Keyset pages: `{items, next_cursor}`, in an order without ties.

A cursor is the position of the last row of a page, tagged with its listing. It is
opaque to clients, and another listing refuses it.
"""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import accumulate
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Select, SQLColumnExpression, tuple_

from unwrapped.core.exceptions import Invalid

LONGEST_PAGE_BYTES = 1024 * 1024
"""The most bytes of a page's items; a single item may be longer."""


class BadCursor(Invalid):
    """A cursor that this listing did not issue."""

    code = "bad_cursor"

    def __init__(self) -> None:
        super().__init__("The cursor was not issued by this listing.")


class Page[T](BaseModel):
    """Some items, and a cursor for the next ones."""

    items: list[T]
    next_cursor: str | None = Field(description="Null on the last page.")


@dataclass(frozen=True, slots=True)
class Rows[T]:
    """The rows of a page, before they become the items of the answer."""

    rows: list[T]
    next_cursor: str | None
    cursor_after: Callable[[Any], str]

    def of[U: BaseModel](self, read: Callable[[T], U]) -> Page[U]:
        """The page with each row converted by `read`.

        It ends before the row that would exceed `LONGEST_PAGE_BYTES`, but has at least
        one row.
        """
        items = [read(row) for row in self.rows]
        kept = self._first(
            _room(len(item.model_dump_json().encode()) for item in items)
        )
        return Page(items=items[: len(kept.rows)], next_cursor=kept.next_cursor)

    def fitting(self, size: Callable[[T], int]) -> "Rows[T]":
        """The rows, at least one, that fit a page; `size` in bytes."""
        return self._first(_room(map(size, self.rows)))

    def replaced[U](self, rows: list[U]) -> "Rows[U]":
        """This page with other `rows`, which have the members of a position as well."""
        return Rows(rows, self.next_cursor, self.cursor_after)

    def _first(self, count: int) -> "Rows[T]":
        if count == len(self.rows):
            return self
        kept = self.rows[:count]
        return Rows(kept, self.cursor_after(kept[-1]), self.cursor_after)


def _room(sizes: Iterable[int]) -> int:
    """The number of these that fit; the first always does."""
    totals = accumulate(sizes)
    return sum(n == 0 or total <= LONGEST_PAGE_BYTES for n, total in enumerate(totals))


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing by name, with the types of a position in its order.

    Raises `TypeError` for a type that cannot be part of a position.
    """

    name: str
    types: tuple[type, ...]

    def __post_init__(self) -> None:
        unknown = [kind.__name__ for kind in self.types if kind not in _READ]
        if unknown:
            known = ", ".join(kind.__name__ for kind in _READ)
            raise TypeError(
                f"the listing {self.name} has places of {', '.join(unknown)}; the types"
                f" that shared/pagination.py reads are {known}"
            )

    def page[T](
        self, rows: Sequence[T], limit: int, place: Callable[[T], tuple[Any, ...]]
    ) -> Rows[T]:
        """The first `limit` of `rows`; a row more means that there is a next page."""

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
        """Select a page, the latest row first, and one row more. Raises `BadCursor`."""
        if cursor is not None:
            query = query.where(tuple_(*place) < tuple_(*self.parse(cursor)))
        return query.order_by(*(column.desc() for column in place)).limit(limit + 1)

    def oldest_first[*R](
        self,
        query: Select[*R],
        place: Sequence[SQLColumnExpression[Any]],
        limit: int,
        cursor: str | None,
    ) -> Select[*R]:
        """Like `newest_first`, in the opposite order."""
        if cursor is not None:
            query = query.where(tuple_(*place) > tuple_(*self.parse(cursor)))
        return query.order_by(*place).limit(limit + 1)

    def _cursor(self, place: tuple[Any, ...]) -> str:
        parts = [self.name, *(_written(value) for value in place)]
        written = json.dumps(parts, ensure_ascii=False)
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")

    def parse(self, cursor: str) -> tuple[Any, ...]:
        """The position in a cursor. Raises `BadCursor`."""
        try:
            padded = cursor + "=" * (-len(cursor) % 4)
            name, *parts = json.loads(base64.b64decode(padded, b"-_", validate=True))
            if name != self.name or len(parts) != len(self.types):
                raise BadCursor
            return tuple(
                _READ[kind](part) for kind, part in zip(self.types, parts, strict=True)
            )
        except (ValueError, TypeError, OverflowError, binascii.Error) as error:
            raise BadCursor from error


def _written(value: Any) -> str | int:
    if isinstance(value, int):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _text(part: Any) -> str:
    """Text that PostgreSQL can store: no NUL, no lone surrogates."""
    if not isinstance(part, str) or "\0" in part:
        raise TypeError("no text")
    part.encode()
    return part


def _moment(part: Any) -> datetime:
    moment = datetime.fromisoformat(part)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC)


def _day(part: Any) -> date:
    return date.fromisoformat(part)


def _integer(part: Any) -> int:
    if type(part) is not int or abs(part) >= 2**31:
        raise ValueError("out of range")
    return part


def _id(part: Any) -> UUID:
    if not isinstance(part, str):
        raise TypeError("no id")
    return UUID(part)


_READ: Mapping[type, Callable[[Any], Any]] = {
    datetime: _moment,
    date: _day,
    int: _integer,
    str: _text,
    UUID: _id,
}
"""The types in a position, with their parsers. Null has no position in an order."""
