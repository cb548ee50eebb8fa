"""The decoder returns the same rows whatever the pieces, and reports any damage."""

import json
from dataclasses import dataclass, field

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.music.sources.format import DamagedHistory
from unwrapped.music.sources.rows.json_array import RowDecoder, read_json_rows
from unwrapped.music.sources.rows.text_pieces import (
    LONGEST_ROW_BYTES,
    PIECE_BYTES,
    JsonObject,
)


class Item(msgspec.Struct):
    name: str | None = None
    number: int | None = None


def repair(row: JsonObject) -> Item:
    name, number = row.get("name"), row.get("number")
    return Item(
        name=None if name is None else str(name),
        number=number if isinstance(number, int) else None,
    )


NO_OBJECT = Item(name="no object", number=-1)
DECODER = RowDecoder(msgspec.json.Decoder(list[Item]), repair, NO_OBJECT)


@dataclass
class Trickle:
    """A reader that gives at most `most` bytes at a time."""

    data: bytes
    most: int
    path: str = "folder/a.json"
    done: int = field(default=0, init=False)

    def read(self, size: int, /) -> bytes:
        piece = self.data[self.done : self.done + min(size, self.most)]
        self.done += len(piece)
        return piece


def read(data: bytes, most: int = 1 << 30) -> list[Item]:
    return [
        row for rows in read_json_rows(Trickle(data, most), DECODER) for row in rows
    ]


NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            ['"},{"', '\\"', "\\", "},{", "}, {", "{", "}", "[", "]", ",", '"', "]}]"]
        ),
        st.sampled_from(["é", "😀", "\u2028", "\n", "\x1f", "\ufeff", "x" * 300]),
        st.text(max_size=5),
    ),
    max_size=8,
).map("".join)

ITEMS = st.lists(
    st.builds(
        Item,
        name=st.none() | NASTY,
        number=st.none() | st.integers(-(2**40), 2**40),
    ),
    max_size=12,
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[Item], bytes]:
    """Rows, and one of the ways to write them as JSON."""
    items = draw(ITEMS)
    values: list[object] = [
        {"name": item.name, "more": [{}, {"name": "}"}], "number": item.number}
        for item in items
    ]
    if draw(st.booleans()):  # one row that the typed decoder refuses
        at = draw(st.integers(0, len(items)))
        items.insert(at, Item(name="1989"))
        values.insert(at, {"name": 1989})
    separators = draw(st.sampled_from([(",", ":"), (", ", ": "), (" ,\n\t", " : ")]))
    text = json.dumps(
        values,
        ensure_ascii=draw(st.booleans()),
        indent=draw(st.sampled_from([None, 1, 4])),
        separators=separators,
    )
    return items, text.encode()


@given(documents(), st.integers(4, 400), st.sampled_from(["utf-16-le", "utf-16-be"]))
def test_any_rows_are_read_in_any_pieces(
    document: tuple[list[Item], bytes], most: int, encoding: str
) -> None:
    items, data = document
    assert read(data, most // 4) == items
    assert read(data.decode().encode(encoding), most) == items


@given(
    documents(),
    st.integers(1, 400),
    st.data(),
    st.sampled_from([b"]", b"[]", b",", b"{}", b"x", b"\x00", b"\xff"]),
)
def test_a_cut_anywhere_and_any_text_after_the_end_are_damage(
    document: tuple[list[Item], bytes], most: int, data: st.DataObject, garbage: bytes
) -> None:
    _, whole = document
    cut = data.draw(st.integers(1, len(whole) - 1))
    with pytest.raises(DamagedHistory, match=r"^folder/a\.json is cut off or damaged"):
        read(whole[:cut], most)
    with pytest.raises(DamagedHistory):
        read(whole + garbage)


@pytest.mark.parametrize("most", [1, 7, 1_000])
def test_rows_that_are_not_objects_are_marked(most: int) -> None:
    data = b'[null, {"name": "a"}, 5, "},{", 12.5, {}, true]'
    no = NO_OBJECT
    assert read(data, most) == [no, Item(name="a"), no, no, no, Item(), no]


@pytest.mark.parametrize("most", [1, 7, 1_000])
@pytest.mark.parametrize(
    "data",
    [
        b'[[{"name": "a"}, {"name": "b"}], [{"name": "c"}]]',
        b'[ [ ] , [[{"name": "a"}]], {"name": "b"}, [[], {"name": "c"}, []]]\n',
        b'[[{"name": "a"},{"name": "b"},{"name": "c"}]]',
    ],
)
def test_rows_in_lists_in_the_list_are_read(data: bytes, most: int) -> None:
    """Arrays in an array, as `jq -s .` joins the files of an export."""
    assert read(data, most) == [Item(name="a"), Item(name="b"), Item(name="c")]


@pytest.mark.parametrize(
    "data",
    [b"[[]", b"[[]]]", b"[],", b"[[],]", b"[,]", b'[{"name": "a"}[]]', b"[[][]]"],
)
def test_lists_that_are_not_closed_well_are_damage(data: bytes) -> None:
    with pytest.raises(DamagedHistory):
        read(data)


@pytest.mark.parametrize("data", [b"[]", b" [ \n ] ", b"\xef\xbb\xbf[]"])
def test_an_empty_list_has_no_rows(data: bytes) -> None:
    assert read(data) == []


def test_raw_control_characters_are_read() -> None:
    assert read(b'[{"name": "a\x01\tb"}]') == [Item(name="a\x01\tb")]


def test_a_lone_surrogate_does_not_stop_the_reading() -> None:
    assert read(rb'[{"name": "a\ud83d"}, {"name": "b"}]') == [
        Item(name="a\ud83d"),
        Item(name="b"),
    ]


def test_bytes_that_are_not_text_are_damage() -> None:
    with pytest.raises(DamagedHistory, match=r"in row 1, which is not UTF-8 text"):
        read(b'[{"name": "Bj\xf6rk"}, {"name": "a"}]')
    with pytest.raises(DamagedHistory, match=r"in row 3, which is not UTF-8 text"):
        read(b'[{"name": "a"}, {"name": "b"}, {"name": "Bj\xf6rk"}]', 20)
    halved = '[{"name": "a"}, {"name": "b"}]'.encode("utf-16-le")
    halved = halved[:34] + b"\x00\xdc" * 2 + halved[34:]
    with pytest.raises(DamagedHistory, match=r"after row 1\."):
        read(halved)
    with pytest.raises(DamagedHistory, match=r"in row 2, which is not utf-32-le text"):
        read('[{"name": "a"}, {"na'.encode("utf-32-le") + b"\xff" * 8)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_cut_between_the_bytes_of_a_character_has_its_place(encoding: str) -> None:
    data = '[{"name": "a"}, {"name": "b"}, {"na'.encode(encoding)
    with pytest.raises(DamagedHistory, match=r"cut off or damaged after row 2\."):
        read(data + b"\x00")


@pytest.mark.parametrize("field_name", ["name", "unknown"])
@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_nesting_of_100_000_levels_is_damage(field_name: str, opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"
    deep = opening * 100_000 + b"1" + closing * 100_000
    with pytest.raises(DamagedHistory):
        read(b'[{"number": 1, "%b": %b}]' % (field_name.encode(), deep))


def _thirty_rows() -> bytes:
    return json.dumps([{"name": f"row {n}"} for n in range(1, 31)]).encode()


def test_the_place_of_a_cut_is_shown() -> None:
    data = _thirty_rows()
    with pytest.raises(DamagedHistory, match=r"after row 15\."):
        read(data[: data.index(b"row 16")])


def test_the_place_of_damage_in_the_middle_is_shown() -> None:
    data = _thirty_rows().replace(b'"row 16"', b'"row" 16"')
    with pytest.raises(DamagedHistory, match=r"after row 15\."):
        read(data)


def test_the_place_of_a_cut_is_shown_in_a_file_of_many_pieces() -> None:
    data = _thirty_rows()
    with pytest.raises(DamagedHistory, match=r"after row 15\."):
        read(data[: data.index(b"row 16")], 64)


def test_a_row_that_is_too_long_is_refused() -> None:
    data = b'[{"name": "' + b"x" * (LONGEST_ROW_BYTES + PIECE_BYTES) + b'"}]'
    with pytest.raises(DamagedHistory):
        read(data)


@pytest.mark.parametrize("odd", [None, "a\ud83d"], ids=["fast", "lenient"])
def test_a_file_of_more_than_8_mb(odd: str | None) -> None:
    items = [Item(name=f"{n} }},{{ \\ é" + "x" * 700, number=n) for n in range(12_000)]
    if odd is not None:
        items[6_000] = Item(name=odd, number=6_000)
    values = [{"name": item.name, "number": item.number} for item in items]
    data = json.dumps(values, indent=1).encode()
    assert len(data) > 8 * 1024 * 1024
    batches = list(read_json_rows(Trickle(data, 1 << 30), DECODER))
    assert len([batch for batch in batches if batch]) > 1
    assert [row for batch in batches for row in batch] == items


SPACES = " " * 4_000

WRITTEN = {
    "an unknown list of objects": ({"more": [{"a": 1}, {"a": 2}] * 200}, ","),
    "names full of borders": ({"name": "},{" * 400}, ","),
    "spaces between rows": ({"name": "a"}, f"{SPACES},{SPACES}"),
    "spaces in rows": ({"name": "a", "more": [[{}, {}], [{}]]}, f",\n{SPACES}"),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_merged_file_is_read_whole_however_its_rows_are_written(how: str) -> None:
    row, between = WRITTEN[how]
    written = json.dumps(row)
    count = (LONGEST_ROW_BYTES + PIECE_BYTES) // (len(written) + len(between))
    data = f"[{between.join([written] * count)}]".encode()
    assert sum(map(len, read_json_rows(Trickle(data, 1 << 30), DECODER))) == count
