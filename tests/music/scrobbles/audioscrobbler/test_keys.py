"""Keys that stand for a token."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from unwrapped.music.scrobbles.audioscrobbler.keys import Key, digest, is_proof


def test_a_key_names_its_token_and_proves_it() -> None:
    token_id, token = uuid4(), digest("a token")
    key = Key.read(Key.of(token_id, token, "session").text)
    assert key is not None
    assert key.token_id == token_id
    assert datetime.now(UTC) - key.made_at < timedelta(minutes=1)
    assert key.is_good(token, "session")
    assert not key.is_good(token, "submission")
    assert not key.is_good(digest("another token"), "session")


@pytest.mark.parametrize("place", [0, 20, 30, 63])
def test_a_changed_key_is_no_key(place: int) -> None:
    token = digest("a token")
    text = Key.of(uuid4(), token, "session").text
    other = "A" if text[place] != "A" else "B"
    key = Key.read(text[:place] + other + text[place + 1 :])
    assert key is None or not key.is_good(token, "session")


@pytest.mark.parametrize(
    "text", ["", "x", "A" * 63, "A" * 65, "/" * 64, "_" * 64, "ä" * 64, "A" * 100_000]
)
def test_what_is_no_key_is_none(text: str) -> None:
    assert Key.read(text) is None


def test_proofs_are_those_that_clients_send() -> None:
    token = digest("a token")
    assert is_proof(digest(token + "1700000000"), token, "1700000000")
    assert is_proof(digest("anna" + token).upper(), "anna", token)
    for wrong in ("", "ä", digest("anna"), token):
        assert not is_proof(wrong, "anna", token)
