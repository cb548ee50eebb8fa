"""Text from outside: clean, bounded, and taken by PostgreSQL."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from unwrapped.core.schemas import Schema
from unwrapped.shared.validators import (
    LONGEST_LINES,
    RequiredStr,
    SafeStr,
    SafeText,
)

SAFE: TypeAdapter[str] = TypeAdapter(SafeStr)
LINES: TypeAdapter[str] = TypeAdapter(SafeText)
REQUIRED: TypeAdapter[str] = TypeAdapter(RequiredStr)
ANYTHING = st.text(st.characters(exclude_categories=[]), max_size=250)


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Ada",
        "Bj\u00f6rk",
        "\u6e08\u5dde",
        "\U0001f3b5",
        "a\u200db",
        "'; DROP TABLE",
        "x" * 200,
    ],
)
def test_text_of_one_line_stays_as_it_is(given: str) -> None:
    assert SAFE.validate_python(given) == given


def test_letters_are_composed() -> None:
    assert SAFE.validate_python("Bjo\u0308rk") == "Bj\u00f6rk"


CONTROLS = ("\x00", "a\nb", "a\rb", "a\tb", "\x1b[2J", "\x7f", "a\x85b")
NO_CHARACTERS = ("\ud800", "\udfff", "\ufffe", "\ufdd0")


@pytest.mark.parametrize(
    "given", [*CONTROLS, *NO_CHARACTERS, "x" * 201, b"bytes", 5, None, ["x"]]
)
def test_values_that_would_break_a_line_or_a_database_are_refused(
    given: object,
) -> None:
    for adapter in (SAFE, REQUIRED):
        with pytest.raises(ValidationError):
            adapter.validate_python(given)


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("one\ntwo\n\n\tthree", "one\ntwo\n\n\tthree"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("Bjo\u0308rk\n", "Bj\u00f6rk\n"),
        ("x" * LONGEST_LINES, "x" * LONGEST_LINES),
        ("", ""),
    ],
)
def test_text_of_several_lines_keeps_them(given: str, taken: str) -> None:
    assert LINES.validate_python(given) == taken


NO_LINES = {"a\nb", "a\tb"}


@pytest.mark.parametrize(
    "given",
    [
        *(one for one in CONTROLS if one not in NO_LINES),
        *NO_CHARACTERS,
        "x" * (LONGEST_LINES + 1),
        b"bytes",
        5,
        None,
    ],
)
def test_characters_that_no_line_may_have_are_refused_in_several_lines(
    given: object,
) -> None:
    with pytest.raises(ValidationError):
        LINES.validate_python(given)


@pytest.mark.parametrize("blank", ["", " ", "   ", "\u3000", "\u00a0\u2003"])
def test_required_text_has_something_in_it(blank: str) -> None:
    with pytest.raises(ValidationError):
        REQUIRED.validate_python(blank)


def test_required_text_has_no_space_around_it() -> None:
    assert REQUIRED.validate_python("  Ada L. \u3000") == "Ada L."


@given(ANYTHING)
def test_an_accepted_text_is_clean_and_accepted_again(given: str) -> None:
    try:
        taken = SAFE.validate_python(given)
    except ValidationError:
        return
    assert taken == unicodedata.normalize("NFC", given)
    assert taken.encode().decode() == taken
    assert len(taken.splitlines()) <= 1 or "\u2028" in taken or "\u2029" in taken
    assert all(unicodedata.category(one) not in {"Cc", "Cs"} for one in taken)


async def test_postgresql_stores_every_accepted_text(session: AsyncSession) -> None:
    for code in (*range(0x3000), *range(0xD7F0, 0x11000), 0x10FFFF):
        try:
            taken = SAFE.validate_python(f"a{chr(code)}b")
        except ValidationError:
            continue
        if code % 64 == 0:
            assert await session.scalar(text("SELECT :t"), {"t": taken}) == taken


def test_members_that_are_unknown_are_refused() -> None:
    class Thing(Schema):
        name: SafeStr

    with pytest.raises(ValidationError, match="Extra inputs"):
        Thing.model_validate({"name": "x", "id": 1})
