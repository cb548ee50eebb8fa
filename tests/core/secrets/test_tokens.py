"""Opaque tokens: how they look, and which texts cannot be one."""

import hashlib
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks import attack
from unwrapped.core.secrets.tokens import (
    ALPHABET,
    CHECK_CHARACTERS,
    RANDOM_CHARACTERS,
    TokenKind,
    hash_token,
)

KIND, OTHER = TokenKind("unwrapped_xx_"), TokenKind("unwrapped_xy_")
LENGTH = len(KIND.prefix) + RANDOM_CHARACTERS + CHECK_CHARACTERS


@attack(50, "nothing-to-guess")
def test_a_token_has_256_random_bits_and_no_two_are_alike() -> None:
    assert RANDOM_CHARACTERS * math.log2(len(set(ALPHABET))) >= 256
    tokens = [KIND.create() for _ in range(200)]
    for token in tokens:
        assert re.fullmatch(r"unwrapped_xx_[0-9A-Za-z]{49}", token)
        assert KIND.is_sound(token)
        assert KIND.owns(token)
        assert not OTHER.is_sound(token)
        assert not OTHER.owns(token)
    # Each place of the random part has its share of the alphabet.
    for place in range(len(KIND.prefix), len(KIND.prefix) + RANDOM_CHARACTERS):
        assert len({token[place] for token in tokens}) > len(ALPHABET) / 2


@given(st.data())
def test_a_typing_error_is_seen_without_the_database(data: st.DataObject) -> None:
    token = KIND.create()
    place = data.draw(st.integers(0, LENGTH - 1))
    wrong = data.draw(st.characters().filter(lambda one: one != token[place]))
    assert not KIND.is_sound(token[:place] + wrong + token[place + 1 :])
    assert not KIND.is_sound(token[:place] + token[place + 1 :])
    assert not KIND.is_sound(token[:place] + wrong + token[place:])


@given(st.data())
def test_two_characters_that_changed_places_are_seen(data: st.DataObject) -> None:
    token = KIND.create()
    place = data.draw(st.integers(0, LENGTH - 2))
    swapped = token[:place] + token[place + 1] + token[place] + token[place + 2 :]
    assert KIND.is_sound(swapped) == (swapped == token)


@given(st.text(max_size=80) | st.text(max_size=60).map(KIND.prefix.__add__))
def test_no_other_text_is_sound(text: str) -> None:
    assert not KIND.is_sound(text)


@pytest.mark.parametrize("wrapped", ["{} ", " {}", "{}\n", "{}\x00", "{0}{0}"])
def test_a_token_within_a_longer_text_is_no_token(wrapped: str) -> None:
    assert not KIND.is_sound(wrapped.format(KIND.create()))


def test_the_checksum_is_the_one_that_secret_scanners_know() -> None:
    """It is a CRC-32 in base 62, as in GitHub's tokens, and must never change."""
    made = TokenKind("unwrapped_pat_")
    body = "unwrapped_pat_" + "a" * RANDOM_CHARACTERS
    sound = [
        body + ending
        for ending in ("3nLCOs", "000000", "aaaaaa")
        if made.is_sound(body + ending)
    ]
    assert sound == [body + "3nLCOs"]


@given(st.text() | st.just("\ud800"))
def test_the_stored_hash_is_the_sha256_of_the_token(text: str) -> None:
    raw = text.encode(errors="surrogatepass")
    assert hash_token(text) == hashlib.sha256(raw).hexdigest()
