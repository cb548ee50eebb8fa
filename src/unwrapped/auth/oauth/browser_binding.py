"""The secrets that tie a sign-in to the browser that began it.

There are two random values: the state, which travels through the provider, and a secret
in a cookie of the browser. The verifier (RFC 7636) and the nonce are derived from both,
so that only hashes have to be stored, and a code is useless in another browser.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

from unwrapped.core.secrets.tokens import TokenKind, hash_token

STATE = TokenKind("unwrapped_os_")
BROWSER_SECRET = TokenKind("unwrapped_ob_")


@dataclass(frozen=True, slots=True)
class Secrets:
    """The two values, and what is derived from them."""

    state: str = field(repr=False)
    browser: str = field(repr=False)

    @property
    def state_hash(self) -> str:
        """The stored hash of the state."""
        return hash_token(self.state)

    @property
    def browser_hash(self) -> str:
        """The stored hash of the browser's secret."""
        return hash_token(self.browser)

    @property
    def verifier(self) -> str:
        """The verifier of 43 characters, sent when the code is exchanged."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """The verifier hashed with S256, sent with the request for the code."""
        return _base64url(hashlib.sha256(self.verifier.encode()).digest())

    @property
    def nonce(self) -> str:
        """The nonce, sent with the request and expected in the id_token."""
        return self._derived("nonce")

    def _derived(self, use: str) -> str:
        text = f"{use}\0{self.state}".encode()
        return _base64url(hmac.digest(self.browser.encode(), text, "sha256"))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
