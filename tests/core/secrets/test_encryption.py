"""Encryption of stored third-party secrets: any key of the ring, only one context."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks import attack
from unwrapped.core.secrets.encryption import (
    Cipher,
    EncryptionContext,
    Undecryptable,
    UnknownKey,
)
from unwrapped.core.secrets.key_file import NoKeyFile
from unwrapped.core.secrets.key_ring import KeyRing

FIRST = "k1:HU3b0Wk7yQ1mXo5sJ9eRz2LtVp8nCd4f"
SECOND = "k2:Zq4vN8tYw2LrXb7KcP1sDm6HfGj3aE5u"
HERE = EncryptionContext("provider_token", "access_token", 1)

old = Cipher(KeyRing.parse(FIRST))
both = Cipher(KeyRing.parse(f"{SECOND},{FIRST}"))
new = Cipher(KeyRing.parse(SECOND))


@given(st.text())
def test_an_encrypted_text_can_be_decrypted(text: str) -> None:
    sealed = both.encrypt(text, HERE)
    assert both.decrypt(sealed, HERE) == new.decrypt(sealed, HERE) == text
    assert sealed.startswith("v1.k2.")
    assert sealed.isascii()


def test_a_text_is_encrypted_differently_each_time() -> None:
    assert len({old.encrypt("text", HERE) for _ in range(100)}) == 100


def test_the_first_key_encrypts_and_every_one_decrypts() -> None:
    sealed = old.encrypt("text", HERE)
    assert both.decrypt(sealed, HERE) == "text"
    with pytest.raises(UnknownKey):
        new.decrypt(sealed, HERE)


def test_a_key_that_came_later_is_found() -> None:
    running = Cipher(KeyRing.parse(FIRST), reread=lambda: both.ring)
    assert running.decrypt(new.encrypt("text", HERE), HERE) == "text"
    assert running.decrypt(old.encrypt("text", HERE), HERE) == "text"
    # The key that the process began with is about to be removed.
    assert running.newest == "k2"
    assert new.decrypt(running.encrypt("text", HERE), HERE) == "text"
    with pytest.raises(UnknownKey):
        running.decrypt(new.encrypt("text", HERE).replace(".k2.", ".k3."), HERE)


def test_a_ring_that_cannot_be_read_again_is_as_it_was() -> None:
    def refuse() -> KeyRing:
        raise NoKeyFile("It is gone.")

    running = Cipher(KeyRing.parse(FIRST), reread=refuse)
    assert old.decrypt(running.encrypt("text", HERE), HERE) == "text"
    with pytest.raises(UnknownKey):
        running.decrypt(new.encrypt("text", HERE), HERE)


def test_a_text_still_decrypts_when_another_key_has_the_same_id() -> None:
    other = KeyRing.parse(SECOND.replace("k2:", "k1:"))
    running = Cipher(KeyRing.parse(FIRST), reread=lambda: other)
    assert running.decrypt(running.encrypt("text", HERE), HERE) == "text"


@attack(50, "swapped-row")
@pytest.mark.parametrize(
    "context",
    [
        EncryptionContext("provider_token", "access_token", 2),
        EncryptionContext("provider_token", "refresh_token", 1),
        EncryptionContext("linked_account", "access_token", 1),
        EncryptionContext("provider_token:access_token", "1", ""),
    ],
    ids=lambda context: context.associated_data.decode(),
)
def test_a_text_does_not_decrypt_in_another_place(context: EncryptionContext) -> None:
    with pytest.raises(Undecryptable):
        both.decrypt(both.encrypt("text", HERE), context)


@given(st.data())
def test_a_changed_text_does_not_decrypt(data: st.DataObject) -> None:
    sealed = old.encrypt("a token", HERE)
    version, kid, nonce, text = sealed.split(".")
    raw = bytearray(base64.urlsafe_b64decode(f"{text}=="))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    changed = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    with pytest.raises(Undecryptable):
        old.decrypt(f"{version}.{kid}.{nonce}.{changed}", HERE)


@given(st.text() | st.from_regex(r"v1\.k1\.[\w-]*\.[\w-]*", fullmatch=True))
def test_nonsense_does_not_decrypt(text: str) -> None:
    with pytest.raises((Undecryptable, UnknownKey)):
        old.decrypt(text, HERE)


def test_no_key_is_shown() -> None:
    assert "HU3b0Wk7" not in repr(both)
