"""A copy is decoded as it was encoded, or not at all."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.music.factories import comparable
from tests.music.profile.histories import in_order, to_frame
from tests.music.profile.shapes import some_days
from unwrapped.music.history.shown_names import as_enum
from unwrapped.music.read_model.columns import Columns, columns_of, listens_of
from unwrapped.music.read_model.encoding import DamagedCopy, decode, encode
from unwrapped.music.read_model.history_state import Head

HEAD = Head(user_id=7, version=3, rules="1/16.0", next_number=351)


def some_columns() -> Columns:
    rows = some_days(random.Random(1))  # noqa: S311 - a history, no secret
    listens = to_frame(in_order(rows))
    return columns_of(listens.with_columns(as_enum(listens["reason_end"].cast(str))))


COLUMNS = some_columns()
CONTENT = encode(COLUMNS, HEAD)


def test_a_copy_is_read_as_it_was_written() -> None:
    head, columns = decode(CONTENT)
    assert head == HEAD
    assert comparable(listens_of(columns)).equals(comparable(listens_of(COLUMNS)))
    assert columns.listens.schema == COLUMNS.listens.schema
    for name in ("items", "artists", "albums", "tracks"):
        assert getattr(columns, name).equals(getattr(COLUMNS, name))


def test_an_empty_history_is_read() -> None:
    empty = to_frame([])
    columns = columns_of(empty.with_columns(as_enum(empty["reason_end"].cast(str))))
    _, found = decode(encode(columns, HEAD))
    assert listens_of(found).is_empty()


@pytest.mark.parametrize("share", [0, 0.0001, 0.002, 0.5, 0.9999])
def test_a_copy_that_was_cut_is_refused(share: float) -> None:
    with pytest.raises(DamagedCopy):
        decode(CONTENT[: int(len(CONTENT) * share)])


@settings(max_examples=200)
@given(at=st.integers(0, 20_000), bit=st.integers(0, 7))
def test_a_copy_with_one_wrong_bit_is_refused_or_names_another_state(
    at: int, bit: int
) -> None:
    damaged = bytearray(CONTENT)
    damaged[at] ^= 1 << bit
    try:
        head, columns = decode(bytes(damaged))
    except DamagedCopy:
        return
    assert at < CONTENT.index(b"\n")
    assert head != HEAD
    assert listens_of(columns).equals(listens_of(COLUMNS))


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"{}\n", b"\xff\xfe\n", b'{"format":1}\n', b"PK\x03\x04", b"[]\nabc"],
)
def test_bytes_that_are_not_a_copy_are_refused(content: bytes) -> None:
    with pytest.raises(DamagedCopy):
        decode(content)
