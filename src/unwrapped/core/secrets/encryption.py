"""Encryption of third-party secrets at rest: AES-256-GCM, bound to their place.

An encrypted text is `v1.<key id>.<nonce>.<ciphertext>`, the last two in base64url. Keys
are derived from those of `SECRET_KEY` (HKDF, RFC 5869): the first encrypts, all
decrypt. A text that is pasted into another table, column or row does not decrypt.

A key ring in the home can get a new key while processes run. They read the ring again
before they encrypt, so that they do not use a key that is about to be dropped, and to
decrypt a text of an unknown key.
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from unwrapped.core.exceptions import AppException, Conflict, Unavailable
from unwrapped.core.secrets.key_ring import KeyRing

VERSION = "v1"
KEY_BYTES = 32
NONCE_BYTES = 12
INFO = b"unwrapped: secrets at rest, v1"

log = structlog.get_logger()


class Undecryptable(Conflict):
    """The text was changed or moved, or was never encrypted."""

    code = "undecryptable"

    def __init__(self) -> None:
        super().__init__("What is stored cannot be decrypted.")


class UnknownKey(Unavailable):
    """The text was encrypted with a key that this process does not have."""

    code = "unknown_key"

    def __init__(self) -> None:
        super().__init__(
            "What is stored was encrypted with a key that is not in SECRET_KEY: put it back"
            " after the first one."
        )


@dataclass(frozen=True, slots=True)
class EncryptionContext:
    """Where a text is stored: its encryption is bound to this."""

    table: str
    column: str
    row: object

    @property
    def associated_data(self) -> bytes:
        """The associated data of AES-GCM."""
        return f"{self.table}:{self.column}:{self.row}".encode()


@dataclass(frozen=True, slots=True)
class Cipher:
    """Encrypts with the first key of a ring, and decrypts with any."""

    ring: KeyRing
    reread: Callable[[], KeyRing] | None = None
    """Reads the current ring, if it can be renewed while a process runs."""

    @property
    def newest(self) -> str:
        """The id of the key that encrypts."""
        return self._kept().signing_id

    def encrypt(self, text: str, context: EncryptionContext) -> str:
        """Encrypt a text for this context alone."""
        kept = self._kept()
        kid = kept.signing_id
        nonce = secrets.token_bytes(NONCE_BYTES)
        key = _derived(self.ring.keys.get(kid, kept.keys[kid]))
        sealed = key.encrypt(nonce, text.encode(), context.associated_data)
        return f"{VERSION}.{kid}.{_encode(nonce)}.{_encode(sealed)}"

    def decrypt(self, sealed: str, context: EncryptionContext) -> str:
        """Decrypt a text of this context. Raises `Undecryptable` or `UnknownKey`."""
        try:
            version, kid, nonce, text = sealed.split(".")
            if version != VERSION:
                raise Undecryptable
            opened = self._key(kid).decrypt(
                _decode(nonce), _decode(text), context.associated_data
            )
            return opened.decode()
        except (InvalidTag, ValueError) as error:
            raise Undecryptable from error

    def _key(self, kid: str) -> AESGCM:
        secret = self.ring.keys.get(kid) or self._kept().keys.get(kid)
        if secret is None:
            raise UnknownKey
        return _derived(secret)

    def _kept(self) -> KeyRing:
        """The current ring; the one in memory if it cannot be read."""
        if self.reread is None:
            return self.ring
        try:
            return self.reread()
        except AppException as error:
            log.warning("key_ring.not_reread", code=error.code)
            return self.ring


def _derived(secret: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=INFO).derive(secret))


def _encode(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(f"{text}{'=' * (-len(text) % 4)}")
