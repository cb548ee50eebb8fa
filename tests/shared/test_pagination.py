"""Cursors: those that were issued are accepted, and nothing else is taken for one."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from tests.auth.factories import sign_in
from tests.auth.operations import operations
from unwrapped.core.process_resources import Resources
from unwrapped.shared.pagination import LONGEST_PAGE_BYTES, BadCursor, Listing
from unwrapped.shared.pagination_parameters import LONGEST_CURSOR

LISTING = Listing("things", (datetime, UUID, int))
MOMENTS = st.datetimes(
    datetime(1900, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=-11)), timezone(timedelta(hours=14))]
    ),
)
PLACES = st.tuples(MOMENTS, st.uuids(), st.integers(-(2**31) + 1, 2**31 - 1))

type Place = tuple[datetime, UUID, int]


def as_it_is(place: Place) -> Place:
    return place


def cursor_of(place: Place, listing: Listing = LISTING) -> str:
    page = listing.page([place, place], 1, as_it_is)
    assert page.next_cursor is not None
    return page.next_cursor


@given(PLACES)
def test_a_cursor_stands_for_its_place(place: Place) -> None:
    cursor = cursor_of(place)
    assert LISTING.parse(cursor) == place
    assert len(cursor) <= 500
    assert httpx2.QueryParams({"cursor": cursor})["cursor"] == cursor


@given(st.lists(PLACES, max_size=30), st.integers(1, 10))
def test_pages_hold_every_row_once_in_order(rows: list[Place], limit: int) -> None:
    rows = sorted(set(rows), reverse=True)
    seen: list[Place] = []
    left, cursor = rows, None
    while True:
        page = LISTING.page(left[: limit + 1], limit, as_it_is)
        assert len(page.rows) <= limit
        seen += page.rows
        cursor = page.next_cursor
        if cursor is None:
            break
        last = LISTING.parse(cursor)
        left = [row for row in rows if row < last]
        assert left, "a next page is promised only where there is one"
    assert seen == rows


@given(PLACES)
def test_a_cursor_of_another_listing_is_refused(place: Place) -> None:
    others = (
        Listing("other", LISTING.types),
        Listing("things", LISTING.types[:2]),
        Listing("things", (*LISTING.types, int)),
    )
    for other in others:
        with pytest.raises(BadCursor):
            other.parse(cursor_of(place))


@given(PLACES, st.integers(0, 200), st.characters())
def test_a_changed_cursor_is_refused_or_a_place(
    place: Place, where: int, what: str
) -> None:
    cursor = cursor_of(place)
    where %= len(cursor)
    try:
        found = LISTING.parse(cursor[:where] + what + cursor[where + 1 :])
    except BadCursor:
        return
    assert [type(one) for one in found] == [datetime, UUID, int]


@given(st.text(max_size=100))
def test_a_text_is_no_cursor(text: str) -> None:
    with pytest.raises(BadCursor):
        LISTING.parse(text)


MOMENT = "2025-03-01T12:00:00+00:00"
ID = "13ef0698-2003-4811-a6f9-0cf19e40b1c2"
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=20)
    | st.sampled_from([MOMENT, ID, "things"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@given(JSON | st.tuples(st.just("things"), JSON, JSON, JSON))
def test_any_json_is_refused_or_a_position(value: object) -> None:
    try:
        found = LISTING.parse(encoded(value))
    except BadCursor:
        return
    assert [type(one) for one in found] == [datetime, UUID, int]
    assert found[0].tzinfo is UTC


FORGED = [
    "",
    "=",
    "x",
    "é",
    "\x00",
    *map(
        encoded,
        [
            b"",
            b"\xff",
            b"[" * 300,
            b"9" * 300,
            None,
            1,
            [],
            {},
            ["things"],
            ["things", MOMENT, ID],
            ["things", MOMENT, ID, 1, 1],
            ["things", MOMENT, ID, True],
            ["things", MOMENT, ID, 1.0],
            ["things", MOMENT, ID, "1"],
            ["things", MOMENT, ID, 2**31],
            ["things", MOMENT, ID, None],
            ["things", MOMENT, 1, 1],
            ["things", MOMENT, None, 1],
            ["things", MOMENT, [ID], 1],
            ["things", MOMENT, {"hex": ID}, 1],
            ["things", MOMENT, "x", 1],
            ["things", 1, ID, 1],
            ["things", None, ID, 1],
            ["things", "", ID, 1],
            ["things", "infinity", ID, 1],
            ["things", "2025-03-01", ID, 1],
            ["things", "2025-03-01T12:00:00", ID, 1],
            ["things", "0001-01-01T00:00:00+14:00", ID, 1],
            ["things", "9999-12-31T23:59:59-14:00", ID, 1],
            [["things"], MOMENT, ID, 1],
        ],
    ),
]


@pytest.mark.parametrize("cursor", FORGED)
def test_cursors_that_were_never_issued_are_refused(cursor: str) -> None:
    with pytest.raises(BadCursor):
        LISTING.parse(cursor)


OF_NOBODY = [encoded(["things", MOMENT, ID]), encoded(["things", MOMENT, 1]), "x"]

OF_EACH_SHAPE = {
    "/api/v1/auth/people": ("people", MOMENT, 1),
    "/api/v1/music/listens": ("listens", MOMENT, 1, 1, 1),
    "/api/v1/music/shares": ("shares", MOMENT, ID),
    "/api/v1/music/stats/top/{kind}": ("top_artists_plays_most", 1, "x"),
}
"""A position in a listing of each shape, of which a cursor could have been issued."""

EXTREMES = {
    MOMENT: ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00", "x", 1, None),
    ID: (str(UUID(int=0)), "x", 1, None),
    1: (2**31 - 1, -(2**31) + 1, 2**31, "1", None),
    "x": ("", "\0", 1, [1], None),
}
"""Values that replace a value in a cursor: its extremes, and values it cannot have."""


def forged(path: str) -> Iterator[str]:
    """Cursors that a listing never issued."""
    yield from OF_NOBODY
    place = OF_EACH_SHAPE.get(path, ())
    yield encoded(place)
    for number, value in enumerate(place[1:], 1):
        for other in EXTREMES[value]:
            yield encoded([*place[:number], other, *place[number + 1 :]])


@pytest.mark.sweep
async def test_no_listing_takes_a_forged_cursor(
    client: httpx2.AsyncClient,
    app: FastAPI,
    resources: Resources,
) -> None:
    """All are read by one parser; the shapes of their positions differ."""
    ada = await sign_in(resources, role="administrator")
    listings = [one for one in operations(app) if "'cursor'" in str(one.spec)]
    assert {one.path for one in listings} > OF_EACH_SHAPE.keys()
    for listing in listings:
        path = listing.path.format(kind="artists")
        for cursor in forged(listing.path):
            answer = await client.get(
                path, params={"cursor": cursor}, headers=ada.headers
            )
            if answer.status_code == 200:
                assert cursor not in OF_NOBODY, listing.name
                assert answer.json()["next_cursor"] is None, cursor
            else:
                assert answer.status_code == 400, cursor
                assert answer.json()["code"] == "bad_cursor", cursor


NAMES = Listing("names", (str, date))
TEXTS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200
)


@given(st.tuples(TEXTS, st.dates()))
def test_texts_and_dates_are_places(place: tuple[str, date]) -> None:
    page = NAMES.page([place, place], 1, lambda row: row)
    assert page.next_cursor is not None
    assert NAMES.parse(page.next_cursor) == place
    assert len(page.next_cursor) <= LONGEST_CURSOR


@pytest.mark.parametrize(
    "place",
    [
        ["a", "2025-13-01"],
        ["a", None],
        ["a", 1],
        ["a", MOMENT],
        [1, "2025-03-01"],
        [None, "2025-03-01"],
        ["a\0", "2025-03-01"],
        ["\ud800", "2025-03-01"],
        [["a"], "2025-03-01"],
    ],
)
def test_other_texts_and_dates_are_refused(place: list[object]) -> None:
    with pytest.raises(BadCursor):
        NAMES.parse(encoded(["names", *place]))


@pytest.mark.parametrize("kind", [float, bool, bytes, Decimal, timedelta])
def test_a_listing_of_an_unknown_type_is_refused_where_it_is_declared(
    kind: type,
) -> None:
    with pytest.raises(
        TypeError, match=f"things has places of {kind.__name__}; .* str"
    ):
        Listing("things", (datetime, kind))


class Item(BaseModel):
    text: str


def test_a_page_ends_before_it_is_too_long_and_the_next_one_goes_on() -> None:
    rows = [
        (datetime(2025, 1, 1, tzinfo=UTC), UUID(int=n), n) for n in range(50, 0, -1)
    ]
    seen: list[int] = []
    left = rows
    while left:
        page = LISTING.page(left[:41], 40, as_it_is)
        answer = page.of(lambda row: Item(text=chr(0xE9 + row[2]) * 60_000))
        assert len(answer.model_dump_json().encode()) < LONGEST_PAGE_BYTES + 1_000
        seen += [ord(item.text[0]) - 0xE9 for item in answer.items]
        if answer.next_cursor is None:
            break
        place = LISTING.parse(answer.next_cursor)
        left = [row for row in rows if row < place]
    assert seen == list(range(50, 0, -1))


def test_a_row_that_is_too_long_by_itself_is_a_page() -> None:
    rows = [(datetime(2025, 1, 1, tzinfo=UTC), UUID(int=n), n) for n in (2, 1)]
    answer = LISTING.page(rows, 2, as_it_is).of(lambda row: Item(text="x" * 2_000_000))
    assert len(answer.items) == 1
    assert answer.next_cursor is not None
