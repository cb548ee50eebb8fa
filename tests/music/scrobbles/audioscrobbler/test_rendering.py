"""The same answer as JSON and as XML."""

import json
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.music.scrobbles.audioscrobbler.rendering import (
    Answer,
    as_json,
    as_xml,
)


@pytest.mark.parametrize(
    ("answer", "xml"),
    [
        ({}, '<lfm status="ok"></lfm>'),
        ({"a": "x & y <z>"}, '<lfm status="ok"><a>x &amp; y &lt;z&gt;</a></lfm>'),
        ({"a": {"b": 1, "c": ""}}, '<lfm status="ok"><a><b>1</b><c></c></a></lfm>'),
        ({"a": {"k": "1", "#text": "x"}}, '<lfm status="ok"><a k="1">x</a></lfm>'),
        (
            {"a": {"@attr": {"k": 'q"'}, "b": ["1", {"#text": "2", "s": "t"}]}},
            '<lfm status="ok"><a k=\'q"\'><b>1</b><b s="t">2</b></a></lfm>',
        ),
    ],
)
def test_xml_follows_from_json(answer: Answer, xml: str) -> None:
    assert as_xml(answer).decode() == (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{xml}\n'
    )


@given(st.text(), st.text())
def test_any_text_makes_documents_that_parsers_read(one: str, other: str) -> None:
    # Names arrive as UTF-8, which has no lone surrogates.
    answer = {"a": {"k": _sound(one), "#text": _sound(other)}}
    assert json.loads(as_json(answer)) == answer
    root = ET.fromstring(as_xml(answer))  # noqa: S314 - written by ourselves
    assert root.attrib == {"status": "ok"}
    assert [child.tag for child in root] == ["a"]


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
