"""Text from outside is fit to be printed."""

import json

import pytest

from unwrapped.core.printable import (
    LONGEST_MESSAGE,
    printable,
    printable_json,
    readable,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann & the Others", "Ann & the Others"),
        ("\x1b[2Jcleared\x07", "[2Jcleared"),
        ("two\nlines\tand more", "two lines and more"),
        ("\u202egnp.exe", "gnp.exe"),
        ("\x9b31mred", "31mred"),
        ("\u061ca\u200eb\u200fc\u2067d", "abc d"),
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


def test_a_long_message_keeps_its_beginning_and_its_end() -> None:
    said = readable(f"{'n' * 30_000}.json\u202e\nis damaged. Download it again.")
    assert len(said) == LONGEST_MESSAGE
    assert said.startswith("nnn")
    assert said.endswith("n.json is damaged. Download it again.")
    assert "…" in said
    assert readable("as it is") == "as it is"


def test_json_is_the_same_document_without_what_a_terminal_obeys() -> None:
    hostile = "\x7f\x80\x9b31m\u061c\u200e\u200f\u202e\u2066\u2069"
    document = json.dumps({hostile: f"é {hostile} 音"}, ensure_ascii=False)
    safe = printable_json(document)
    assert not set(hostile.replace("31m", "")) & set(safe)
    assert "é" in safe
    assert json.loads(safe) == json.loads(document)
