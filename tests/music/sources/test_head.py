"""The beginning of a file shows its form."""

import pytest

from tests.exports import as_json
from unwrapped.music.sources.head import CsvHead, Head

ROW = as_json({"listened_at": 1, "track": {"name": "a"}})


@pytest.mark.parametrize(
    ("start", "array", "whole", "lines"),
    [
        (b"[" + ROW, True, False, False),
        (ROW + b"\n" + ROW + b"\n", False, False, True),
        (ROW, False, True, True),  # one object can be either
        (b'{"user": "x", "scrobbles": [' + ROW + b"," + ROW, False, True, False),
        (b'{\n  "scrobbles": [', False, True, False),
        (b"\xef\xbb\xbf" + ROW + b"\n" + ROW[:9], False, False, True),
        (b"", False, False, False),
        (b"[" * 60_000, True, False, False),
        (b"uts,artist\n", False, False, False),
    ],
)
def test_forms_of_json(start: bytes, array: bool, whole: bool, lines: bool) -> None:
    head = Head(start)
    assert (head.is_json_array, head.is_json_object, head.is_json_lines) == (
        array,
        whole,
        lines,
    )


def test_keys_are_those_of_any_depth() -> None:
    assert Head(ROW).keys == {"listened_at", "track", "name"}


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("a,b\n1,2\n3,4\n", CsvHead(",", ("a", "b"), (("1", "2"), ("3", "4")))),
        ("\ufeffa;b\r\n1;x,y\r\n", CsvHead(";", ("a", "b"), (("1", "x,y"),))),
        ('"a"\t"b"\n"1"\t"x\ny"\n', CsvHead("\t", ("a", "b"), (("1", "x\ny"),))),
        ("a, b", CsvHead(",", ("a", "b"), ())),
        ('a,b\n1,"cut', CsvHead(",", ("a", "b"), (("1", "cut"),))),
        ("no table\n", None),
        ("", None),
        ("\n\n", None),
        ('{"a": 1, "b": 2}\n', None),
        ("<a href='x,y'>", None),
    ],
)
def test_tables(text: str, table: CsvHead | None) -> None:
    assert Head(text.encode()).csv == table
