"""Text from outside is fit to be printed."""

import pytest

from unwrapped.core.text import printable


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann & the Others", "Ann & the Others"),
        ("\x1b[2Jcleared\x07", "[2Jcleared"),
        ("two\nlines\tand more", "two lines and more"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\x9b31mred", "31mred"),
        ("क्‍ष می‌خواهم", "क्‍ष می‌خواهم"),  # joiners are part of words
        ("", ""),
    ],
)
def test_names_lose_what_moves_a_cursor(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_long_texts_are_cut_with_an_ellipsis() -> None:
    assert printable("x" * 10, 10) == "x" * 10
    assert printable("x" * 11, 10) == "x" * 9 + "…"
    assert printable("word and more", 6) == "word…"
