import sys
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from unwrapped.music.sources.name_keys import is_nameless, name_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ABBA", "abba"),
        ("Björk", "björk"),
        ("BJO\u0308RK", "björk"),
        ("\uff21\uff44\uff45\uff4c\uff45 \uff11", "adele 1"),
        ("ﾊﾝﾊﾞｰﾄ", "ハンバート"),
        ("Groß", "gross"),
        ("GROẞ", "gross"),
        ("GROSS", "gross"),
        ("İstanbul", "i\u0307stanbul"),
        ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
        ("σίσυφος", "σίσυφοσ"),
        ("ﬁre ﬂy", "fire fly"),
        ("Ⅷ", "viii"),
        ("H₂O", "h2o"),
        ("  a \t\n b\u3000c\xa0", "a b c"),
        ("so\u00adft", "soft"),
        ("zero\u200bwidth\u200d\ufeff", "zerowidth"),
        ("❤\ufe0f", "❤"),
        ("\u200b \u2060", ""),
        ("\u3164", ""),
        ("", ""),
        ("\x1f\x1e", ""),
        ("a\x1fb", "a b"),
        ("A & B", "a & b"),
        ("Song (feat. B)", "song (feat. b)"),
        ("P!nk", "p!nk"),
        ("a\ufffdb", "a\ufffdb"),
    ],
)
def test_name_key(name: str, key: str) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("P!nk", "Pink"),
        ("Bjork", "Björk"),
        ("A, B", "A & B"),
        ("Ye", "Yé"),
        ("ab", "a b"),
        ("\u0131rmak", "irmak"),
    ],
)
def test_names_that_differ_in_other_ways_have_different_keys(
    one: str, other: str
) -> None:
    assert name_key(one) != name_key(other)


def test_exactly_the_default_ignorable_characters_of_unicode_are_dropped() -> None:
    # Of the ranges without characters, only samples are tested.
    codes = [*range(0x20000), *range(0xE0000, 0xE2000), *range(0, sys.maxunicode, 97)]
    everything = [chr(code) for code in codes if not 0xD800 <= code <= 0xDFFF]
    ignorable = regex.compile(r"\p{Default_Ignorable_Code_Point}")
    key = name_key.__wrapped__
    dropped = {char for char in everything if key(f"x{char}x") == "xx"}
    assert dropped == {char for char in everything if ignorable.match(char)}
    assert len(dropped) > 4_000


LETTERS = st.text("abcXYZéÉßẞñÑçøØæÆœŒ\u03b1ΩΣжЖÞア가中 1'!.-&", max_size=20)
IGNORED = "\u00ad\u034f\u061c\u200b\u200c\u200d\u200e\u2060\ufe0f\ufeff\U000e0001"
SPACES = " \t\n\r\x0b\x1c\x85\xa0\u2003\u2028\u3000"


@given(LETTERS)
def test_case_does_not_matter(name: str) -> None:
    key = name_key(name)
    for other in (name.upper(), name.lower(), name.title(), name.casefold()):
        assert name_key(other) == key


@given(st.text())
def test_the_normal_form_does_not_matter(name: str) -> None:
    key = name_key(name)
    assert name_key(unicodedata.normalize("NFC", name)) == key
    assert name_key(unicodedata.normalize("NFD", name)) == key
    assert name_key(unicodedata.normalize("NFKC", name)) == key
    assert name_key(unicodedata.normalize("NFKD", name)) == key


@given(st.text("abcXYZ 09!&()", max_size=20))
def test_the_width_does_not_matter(name: str) -> None:
    wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
    assert name_key(name.translate(wide)) == name_key(name)


@given(st.lists(LETTERS, min_size=1), st.data())
def test_the_kind_of_white_space_does_not_matter(
    words: list[str], data: st.DataObject
) -> None:
    spaces = st.text(SPACES, min_size=1, max_size=3)
    loose = data.draw(spaces)
    for word in words:
        loose += word + data.draw(spaces)
    assert name_key(loose) == name_key(" ".join(words))


@given(LETTERS, st.data())
def test_invisible_characters_do_not_matter(name: str, data: st.DataObject) -> None:
    ignored = st.text(IGNORED, max_size=2)
    scattered = data.draw(ignored)
    for char in name:
        scattered += char + data.draw(ignored)
    assert name_key(scattered) == name_key(name)


@pytest.mark.parametrize(
    ("artist", "title", "nameless"),
    [
        ("a", "", True),
        ("unknown artist", "unknown track", True),
        ("a", "unknown track", False),
        ("unknown artist", "t", False),
    ],
)
def test_is_nameless(artist: str, title: str, nameless: bool) -> None:
    assert is_nameless(artist, title) is nameless
