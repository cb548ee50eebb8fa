"""What endpoints with pages ask for."""

from typing import Annotated

from fastapi import Query

MOST_ITEMS = 200
LONGEST_CURSOR = 2_000
"""Room for a name of 200 characters, whatever their script, among the parts of a place."""

LimitQuery = Annotated[
    int, Query(ge=1, le=MOST_ITEMS, description="Items a page at most.")
]
CursorQuery = Annotated[
    str | None,
    Query(max_length=LONGEST_CURSOR, description="`next_cursor` of the page before."),
]
