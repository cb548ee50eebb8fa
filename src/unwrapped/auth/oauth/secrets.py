"""What ties a sign-in to the browser that began it.

Two random values: the state, which travels through the provider, and a secret in a cookie
of the browser. Verifier (RFC 7636) and nonce are made from both, so that nothing has to
be stored but hashes, and a code is of no use in another browser.
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
    """The two values, and what follows from them."""

    state: str = field(repr=False)
    browser: str = field(repr=False)

    @property
    def state_hash(self) -> str:
        """What is stored of the state."""
        return hash_token(self.state)

    @property
    def browser_hash(self) -> str:
        """What is stored of the browser's secret."""
        return hash_token(self.browser)

    @property
    def verifier(self) -> str:
        """Shown when the code is exchanged: 43 characters."""
        return self._derived("verifier")

    @property
    def challenge(self) -> str:
        """Sent with the request for the code: the verifier by S256."""
        return _base64url(hashlib.sha256(self.verifier.encode()).digest())

    @property
    def nonce(self) -> str:
        """Sent with the request, and expected in the id_token."""
        return self._derived("nonce")

    def _derived(self, use: str) -> str:
        told = f"{use}\0{self.state}".encode()
        return _base64url(hmac.digest(self.browser.encode(), told, "sha256"))


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
