"""The pictures of a share: their texts, and the letters that the font has."""

import struct
from pathlib import Path

import pytest
from markupsafe import escape

import unwrapped.web
from tests.web.portraits import hostile_names, one_play
from unwrapped.music.analysis.portrait import Portrait
from unwrapped.music.shares.models import CardForm
from unwrapped.web.drawing.cards import COVERED, card_svg, draw_card

FONTS = sorted((Path(unwrapped.web.__file__).parent / "fonts").glob("*.ttf"))
ENDS = range(0x20, 0x2300)


@pytest.fixture(scope="module")
def portrait(tmp_path_factory: pytest.TempPathFactory) -> Portrait:
    return hostile_names(tmp_path_factory.mktemp("names"))


def letters_of(font: bytes) -> set[int]:
    """The code points that a font has glyphs for (its `cmap`, format 4)."""
    count = struct.unpack_from(">H", font, 4)[0]
    tables = {
        font[at : at + 4]: struct.unpack_from(">I", font, at + 8)[0]
        for at in range(12, 12 + 16 * count, 16)
    }
    cmap = tables[b"cmap"]
    subtables = struct.unpack_from(">H", font, cmap + 2)[0]
    starts = [
        cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * number)[0]
        for number in range(subtables)
    ]
    at = next(one for one in starts if struct.unpack_from(">H", font, one)[0] == 4)
    segments = struct.unpack_from(">H", font, at + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", font, at + 14)
    firsts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
    return {
        code
        for first, end in zip(firsts, ends, strict=True)
        for code in range(first, end + 1)
    }


def test_the_fonts_of_the_package_have_all_covered_letters() -> None:
    covered = {code for code in ENDS if COVERED.fullmatch(chr(code))}
    assert len(covered) > 1_000
    assert len(FONTS) == 2
    for font in FONTS:
        assert covered <= letters_of(font.read_bytes()), font.name


@pytest.mark.parametrize("form", CardForm)
@pytest.mark.parametrize(
    ("name", "is_shown"),
    [("Ada Lovelace", True), ("Řehoř Ωμέγα Жук", True), ("霧峰トネオミア", False), ("👩‍🚀", False), (None, False)],
)  # fmt: skip
def test_a_name_with_letters_that_no_font_has_is_left_out(
    portrait: Portrait, form: CardForm, name: str | None, is_shown: bool
) -> None:
    svg = card_svg(portrait, form, name=name, has_fonts=False)
    assert (name is not None and name in svg) == is_shown
    title = str(escape(portrait.verdict.title.split()[-1]))
    assert title in svg or "A taste in music" in svg
    with_fonts = card_svg(portrait, form, name=name, has_fonts=True)
    assert (name or "plays") in with_fonts


@pytest.mark.parametrize("form", CardForm)
def test_the_smallest_portrait_and_the_longest_name_can_be_drawn(
    tmp_path: Path, form: CardForm
) -> None:
    smallest = one_play(tmp_path)
    svg = card_svg(smallest, form, name="W" * 200, has_fonts=False)
    assert "WWWW…" in svg
    assert draw_card(smallest, form, name="</text><script>", fonts=None)[1:4] == b"PNG"


def test_names_with_markup_are_escaped(portrait: Portrait) -> None:
    svg = card_svg(portrait, CardForm.CARD, name="<b>&", has_fonts=False)
    assert "&lt;b&gt;&amp;" in svg
    assert "<b>" not in svg
