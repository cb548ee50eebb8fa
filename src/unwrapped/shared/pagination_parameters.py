"""Query parameters of endpoints with pages."""

from typing import Annotated

from fastapi import Query

MOST_ITEMS = 200
LONGEST_CURSOR = 2_000
"""Enough for a position that contains a name of 200 characters of any script."""

LimitQuery = Annotated[
    int, Query(ge=1, le=MOST_ITEMS, description="The most items on a page.")
]
CursorQuery = Annotated[
    str | None,
    Query(max_length=LONGEST_CURSOR, description="`next_cursor` of the previous page."),
]
