"""Arrays in objects give the same rows whatever the pieces, and damage is reported."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.sources.rows.test_json_array import DECODER, Item, Trickle
from unwrapped.music.sources.format import DamagedHistory
from unwrapped.music.sources.rows.json_inside import read_json_inside

type Items = list[dict[str, str]] | dict[str, str]


def read(data: bytes, most: int = 1 << 30) -> list[Item]:
    file = Trickle(data, most)
    return [row for rows in read_json_inside(file, "row", DECODER) for row in rows]


NAMES = st.sampled_from(["a", 'q"]}, {"row": [', "\u00e9}]", "[{", "\\"])
ITEMS = st.lists(st.builds(lambda name: {"name": name}, NAMES), max_size=4)
PAGES = st.lists(
    st.tuples(NAMES, ITEMS | ITEMS.filter(len).map(lambda i: i[0])), max_size=5
)


@given(PAGES, st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_every_row_of_every_page_is_read(
    pages: list[tuple[str, Items]], most: int, indent: int | None, lines: bool
) -> None:
    objects = [
        {"about": name, "in": {"row": items, "end": name}} for name, items in pages
    ]
    if lines:
        text = "\n".join(json.dumps(one, ensure_ascii=False) for one in objects)
    else:
        text = json.dumps(objects, ensure_ascii=False, indent=indent)
    rows = [items if isinstance(items, list) else [items] for _, items in pages]
    expected = [row["name"] for of_page in rows for row in of_page]
    assert [item.name for item in read(text.encode(), most)] == expected


@given(PAGES.filter(len), st.data())
def test_a_file_that_is_cut_off_anywhere_is_damaged(
    pages: list[tuple[str, Items]], data: st.DataObject
) -> None:
    whole = json.dumps([{"row": items} for _, items in pages]).encode()
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(DamagedHistory):
        read(whole[:cut])


def test_an_array_longer_than_any_piece_is_read() -> None:
    rows = [{"name": "n" * 100, "number": number} for number in range(60_000)]
    text = json.dumps({"about": ["x"], "row": rows, "end": [1, 2]}).encode()
    assert [item.number for item in read(text)] == list(range(60_000))


def test_the_place_of_damage_is_reported() -> None:
    text = b'{"row": [{"name": "a"}]}{"row": [{"name": "b"}, nonsense'
    with pytest.raises(DamagedHistory, match="after row 2"):
        read(text)
