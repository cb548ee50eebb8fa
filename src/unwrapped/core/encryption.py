"""Secrets of others at rest: AES-256-GCM, bound to the place where they are stored.

`v1.<key id>.<nonce>.<ciphertext>`, the last two in base64url. Keys are derived from those
of `SECRET_KEY` (HKDF, RFC 5869): the first encrypts, all decrypt. A text that is pasted
into another table, column or row does not decrypt.
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from unwrapped.core.exceptions import Conflict, Unavailable
from unwrapped.core.security import KeyRing

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
INFO = b"unwrapped: secrets at rest, v1"


class Undecryptable(Conflict):
    """The text was changed or moved, or never was encrypted."""

    code = "undecryptable"

    def __init__(self) -> None:
        super().__init__("What is stored cannot be decrypted.")


class UnknownKey(Unavailable):
    """The text was encrypted with a key that this process does not have."""

    code = "unknown_key"

    def __init__(self) -> None:
        super().__init__(
            "What is stored was encrypted with a key that is not in SECRET_KEY: put it back"
            " behind the first one."
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a text is stored: what it is bound to."""

    table: str
    column: str
    row: object

    @property
    def context(self) -> bytes:
        """The additional data of the encryption."""
        return f"{self.table}:{self.column}:{self.row}".encode()


@dataclass(frozen=True, slots=True)
class Cipher:
    """Encrypts with the first key of a ring, and decrypts with any."""

    ring: KeyRing
    reread: Callable[[], KeyRing] | None = None
    """Gives the ring as it is kept now, where it can be renewed while a process runs."""

    def encrypt(self, text: str, place: Place) -> str:
        """The text, for this place alone."""
        kid = self.ring.signing_id
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._key(kid).encrypt(nonce, text.encode(), place.context)
        return f"{VERSION}.{kid}.{_encode(nonce)}.{_encode(sealed)}"

    def decrypt(self, sealed: str, place: Place) -> str:
        """What was encrypted for this place. Raises `Undecryptable` or `UnknownKey`."""
        try:
            version, kid, nonce, text = sealed.split(".")
            if version != VERSION:
                raise Undecryptable
            opened = self._key(kid).decrypt(
                _decode(nonce), _decode(text), place.context
            )
            return opened.decode()
        except (InvalidTag, ValueError) as error:
            raise Undecryptable from error

    def _key(self, kid: str) -> AESGCM:
        keys = self.ring.keys
        if kid not in keys and self.reread is not None:
            keys = self.reread().keys
        if kid not in keys:
            raise UnknownKey
        derived = HKDF(SHA256(), KEY_BYTES, salt=None, info=INFO)
        return AESGCM(derived.derive(keys[kid]))


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}")
