"""SVG as an XML parser reads it."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markupsafe import Markup

from tests.web.parsed import read_xml
from tests.web.portraits import HOSTILE
from unwrapped.web.drawing.svg import circle, element, line, number, path, rect, text

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@given(st.text(st.characters(exclude_characters="\r\n\t")))
@example("\x00\x1b\ufffe\ud800")
def test_texts_are_escaped(words: str) -> None:
    shown = NOT_IN_XML.sub("\ufffd", words)
    drawn = read_xml(text(1, 2, words))
    assert ((drawn.text or ""), list(drawn)) == (shown, [])
    named = read_xml(element("a", label=words or "none"))
    assert named.attrib == {"label": shown or "none"}
    titled = read_xml(rect(0, 0, 1, 1, "bar", words or "none"))
    assert [(child.tag, child.text) for child in titled] == [("title", shown or "none")]


def test_markup_stays_and_text_is_escaped() -> None:
    for words in HOSTILE:
        inside = element("title", words)
        assert isinstance(inside, Markup)
        [title] = read_xml(element("g", inside))
        assert title.text == words


def test_shapes_have_classes_and_no_styles() -> None:
    shapes = [
        text(0, 1, "a", "soft end"),
        rect(0, 1, 2, 3, "bar"),
        line(0, 1, 2, 3, "axis"),
        circle(0, 1, 2, "accent"),
        path("M0 0", "bar"),
    ]
    assert [read_xml(shape).attrib for shape in shapes] == [
        {"class": "soft end", "x": "0", "y": "1"},
        {"class": "bar", "x": "0", "y": "1", "width": "2", "height": "3"},
        {"class": "axis", "x1": "0", "y1": "1", "x2": "2", "y2": "3"},
        {"class": "accent", "cx": "0", "cy": "1", "r": "2"},
        {"class": "bar", "d": "M0 0"},
    ]


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e6, max_value=1e6))
@example(-0.001)
@example(100.0)
def test_numbers_have_two_decimals_at_most(value: float) -> None:
    written = number(value)
    assert re.fullmatch(r"-?\d+(\.\d{1,2})?", written)
    assert written != "-0"
    assert float(written) == pytest.approx(value, abs=0.00501)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="no place"):
        rect(0, 0, value, 1, "bar")
