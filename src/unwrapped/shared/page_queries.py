"""What endpoints with pages ask for."""

from typing import Annotated

from fastapi import Query

MOST_ITEMS = 200

LimitQuery = Annotated[
    int, Query(ge=1, le=MOST_ITEMS, description="Items a page at most.")
]
CursorQuery = Annotated[
    str | None,
    Query(max_length=500, description="`next_cursor` of the page before."),
]
