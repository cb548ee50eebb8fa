"""Keys that stand for a scrobbling token: made from it, checked by it, ended with it.

A client signs in once and sends the key from then on. None is stored: it names the token's
row and proves that whoever was given it knew the token, by a MAC under `md5(token)`, the
form in which both dialects know a token. So keys are good in every process, and after a
restart, until the token is revoked.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import UUID

SUBMISSION_SESSION = timedelta(hours=24)
"""How long a session of Audioscrobbler 1.2 is good; a client shakes hands again then."""

_ID_BYTES, _TIME_BYTES, _MAC_BYTES = 16, 8, 24


def digest(text: str) -> str:
    """MD5 as both dialects use it, in hexadecimal."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def is_proof(sent: str, *parts: str) -> bool:
    """Whether a client sent the MD5 of these parts, one after the other."""
    expected = digest("".join(parts))
    return hmac.compare_digest(sent.lower().encode(errors="replace"), expected.encode())


@dataclass(frozen=True, slots=True)
class Key:
    """A key that a client sent, not yet proved."""

    token_id: UUID
    made_at: datetime
    proof: bytes

    @classmethod
    def of(cls, token_id: UUID, token_digest: str, purpose: str) -> Self:
        """A new key for a token whose MD5 is this. Keys of one purpose open no other."""
        now = datetime.now(UTC).replace(microsecond=0)
        return cls(token_id, now, _mac(token_id, now, token_digest, purpose))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The key that a text says; None where it is none."""
        try:
            raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return None
        if len(raw) != _ID_BYTES + _TIME_BYTES + _MAC_BYTES:
            return None
        seconds = int.from_bytes(raw[_ID_BYTES : _ID_BYTES + _TIME_BYTES])
        try:
            made_at = datetime.fromtimestamp(seconds, UTC)
        except (OverflowError, ValueError, OSError):
            return None
        return cls(UUID(bytes=raw[:_ID_BYTES]), made_at, raw[-_MAC_BYTES:])

    @property
    def text(self) -> str:
        """The key as a client keeps it, of 64 characters."""
        seconds = int(self.made_at.timestamp()).to_bytes(_TIME_BYTES)
        raw = self.token_id.bytes + seconds + self.proof
        return base64.urlsafe_b64encode(raw).decode()

    def is_good(self, token_digest: str, purpose: str) -> bool:
        """Whether it was made for this purpose from the token whose MD5 is this."""
        expected = _mac(self.token_id, self.made_at, token_digest, purpose)
        return hmac.compare_digest(self.proof, expected)


def _mac(token_id: UUID, made_at: datetime, token_digest: str, purpose: str) -> bytes:
    said = f"{purpose}:{token_id}:{int(made_at.timestamp())}"
    return hmac.digest(token_digest.encode(), said.encode(), "sha256")[:_MAC_BYTES]
