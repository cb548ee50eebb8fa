"""Access tokens made by hand, so that PyJWT does not judge its own work."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from typing import Any
from uuid import UUID

from unwrapped.core.security import TokenSigner

HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def segment(value: object) -> str:
    """A part of a token: JSON of `value`, or the bytes that it is."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


def signed(header: object, claims: object, key: bytes, algorithm: str) -> str:
    """A token signed by HMAC, with any header."""
    content = f"{segment(header)}.{segment(claims)}"
    digest = hmac.digest(key, content.encode(), HASHES[algorithm])
    return f"{content}.{segment(digest)}"


class Forge:
    """Makes tokens for a live session, with the key of the server."""

    def __init__(self, signer: TokenSigner, user_id: int, session_id: UUID) -> None:
        self.kid = signer.ring.signing_id
        self.key = signer.ring.keys[self.kid]
        self.header: dict[str, Any] = {
            "alg": "HS256",
            "typ": "at+jwt",
            "kid": self.kid,
        }
        now = int(time.time())
        self.claims: dict[str, Any] = {
            "iss": "unwrapped",
            "aud": "unwrapped",
            "iat": now,
            "exp": now + 600,
            "sub": str(user_id),
            "sid": str(session_id),
        }

    def token(
        self,
        *,
        header: dict[str, Any] | None = None,
        claims: dict[str, Any] | None = None,
        without: str = "",
        key: bytes | None = None,
        algorithm: str = "HS256",
    ) -> str:
        """A valid token except for what is given; `without` omits a member."""
        made_header = self.header | (header or {})
        made_claims = self.claims | (claims or {})
        made_header.pop(without, None)
        made_claims.pop(without, None)
        return signed(made_header, made_claims, key or self.key, algorithm)

    def unsigned(self, algorithm: object) -> str:
        """A token that says it needs no signature, and has none."""
        header = self.header | {"alg": algorithm}
        return f"{segment(header)}.{segment(self.claims)}."
