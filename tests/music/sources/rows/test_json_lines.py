"""JSON lines give the same rows whatever the pieces, and damage is reported."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.music.sources.rows.test_json_array import DECODER, NO_OBJECT, Item, Trickle
from unwrapped.music.sources.format import DamagedHistory
from unwrapped.music.sources.rows.json_lines import read_json_lines

LINE = msgspec.json.Decoder(Item)


def read(data: bytes, most: int = 1 << 30) -> list[Item]:
    file = Trickle(data, most)
    return [row for rows in read_json_lines(file, LINE, DECODER) for row in rows]


@given(
    st.lists(st.sampled_from(["a", "\u00e9", 1989, "\ud800", "{\n"]), max_size=9),
    st.integers(1, 30),
    st.sampled_from(["\n", "\r\n", "\n\n \n"]),
    st.booleans(),
)
def test_every_line_is_a_row(
    names: list[object], most: int, newline: str, ends: bool
) -> None:
    text = newline.join(json.dumps({"name": name}) for name in names)
    rows = read((text + (newline if ends else "")).encode(), most)
    assert [row.name for row in rows] == [str(name) for name in names]


def test_a_line_that_is_not_json_counts_as_no_object() -> None:
    assert read(b'{"name": "a"}\nnonsense\n5\n{"name": "b"}\n') == [
        Item("a"),
        NO_OBJECT,
        NO_OBJECT,
        Item("b"),
    ]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"name": "a"}\n{"name": "', "cut off or damaged after row 1"),
        (b'{"name": "a"}\n{"name": "\xff"}\n', "damaged in row 2, which is not UTF-8"),
        (b'{"name": "a"}\n' + b" " * (17 << 20), "cut off or damaged after row 1"),
    ],
)
def test_the_place_of_damage_is_reported(data: bytes, message: str) -> None:
    with pytest.raises(DamagedHistory, match=message):
        read(data)
