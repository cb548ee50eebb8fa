import pytest
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.music.sources.limits import TooManyNames
from unwrapped.music.sources.spellings import Spellings, safe_text

ANY_CODE_POINT = st.text(st.characters(codec=None, categories=None))


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("Björk", "Björk"),
        (" kept as it is ", " kept as it is "),
        ("a\x00b", "a\ufffdb"),
        ("\x00", "\ufffd"),
        ("a\ud83db", "a\ufffdb"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("\ud83d\ude00", "😀"),
        ("\ud83d\ud83d\ude00", "\ufffd😀"),
        ("", None),
        (" \t\u3000", None),
        (None, None),
    ],
)
def test_safe_text(text: str | None, safe: str | None) -> None:
    assert safe_text(text) == safe


@given(ANY_CODE_POINT)
def test_any_text_made_safe_can_be_stored_and_stays_as_it_is(text: str) -> None:
    safe = safe_text(text)
    if safe is None:
        assert not text.strip()
    else:
        assert "\x00" not in safe
        assert safe.encode("utf-8").decode("utf-8") == safe_text(safe)


def test_a_spelling_is_stored_once() -> None:
    spellings = Spellings()
    one = ("u", "A", "T", None)
    two = ("u", "a", "T", None)
    assert spellings.codes([one, two, one]) == [0, 1, 0]
    assert spellings.codes([two, ("u", "A", "T", "L")]) == [1, 2]
    assert spellings.rows() == [one, two, ("u", "A", "T", "L")]


def test_spellings_come_out_safe() -> None:
    spellings = Spellings()
    spellings.codes([("", "A\x00", "\ud83d\ude00", " ")])
    assert spellings.rows() == [(None, "A\ufffd", "😀", None)]


def test_names_have_a_limit_in_sum() -> None:
    spellings = Spellings(most_characters=8)
    known = ("uri", "A", "É", None)
    assert spellings.codes([known, known]) == [0, 0]
    assert spellings.codes([(None, "BB", None, None), known]) == [1, 0]
    with pytest.raises(TooManyNames, match=r"more than 8 characters"):
        spellings.codes([(None, "C", None, None)])


def test_a_long_name_counts_as_it_is_cut() -> None:
    spellings = Spellings(most_characters=2_000)
    assert spellings.codes([(None, None, "T" * 5_000, None)]) == [0]
