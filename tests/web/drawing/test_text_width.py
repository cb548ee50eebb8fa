"""Names are cut by the room that they take."""

from hypothesis import given
from hypothesis import strategies as st

from unwrapped.web.drawing.text_width import fitted, in_two_lines, width


def test_a_short_name_stays_as_it_is() -> None:
    assert fitted("Ørněmatté Südrôlmür", 22) == "Ørněmatté Südrôlmür"
    assert fitted("", 22) == ""


def test_wide_letters_are_cut_earlier() -> None:
    assert fitted("i" * 60, 11.2) == "i" * 18 + "…"
    assert fitted("W" * 60, 11.2) == "W" * 11 + "…"
    assert fitted("霧" * 60, 11.2) == "霧" * 10 + "…"


def test_combining_marks_have_no_width() -> None:
    assert fitted("e\u0301" * 10, 6) == "e\u0301" * 10


def test_a_long_name_has_two_lines() -> None:
    assert in_two_lines("one two three", 22) == ["one two three"]
    assert in_two_lines("iiiii " * 4, 7) == ["iiiii iiiii", "iiiii iiiii"]
    assert in_two_lines("i" * 60, 11.2) == ["i" * 18 + "…"]
    assert in_two_lines("iiii " + "i" * 60, 11.2) == ["iiii", "i" * 18 + "…"]


@given(st.text(max_size=60), st.floats(min_value=2, max_value=20))
def test_a_cut_name_and_each_of_two_lines_fit(text: str, ems: float) -> None:
    assert all(width(line) <= ems for line in in_two_lines(text, ems))
    shown = fitted(text, ems)
    assert width(shown) <= ems
    assert shown.isprintable() or not text.isprintable()
