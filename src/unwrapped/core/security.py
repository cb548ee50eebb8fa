"""Signs and verifies the service's access tokens with a ring of keys.

A token is a JWT with the header `typ: at+jwt` (RFC 9068) and the `kid` of its key;
`sub` is the user's id, `sid` the session that may be revoked at any time.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import jwt

from unwrapped.core.config import Algorithm
from unwrapped.core.exceptions import Unauthenticated
from unwrapped.core.secrets.key_ring import KeyRing

ISSUER = AUDIENCE = "unwrapped"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - the name of a type, no secret
REQUIRED_CLAIMS = ("iss", "aud", "exp", "iat", "sub", "sid")
TIMES = ("exp", "iat", "nbf")


class InvalidToken(Unauthenticated):
    """The access token is not signed by this service, or it has expired."""

    code = "invalid_token"

    def __init__(self) -> None:
        # One text for all checks: which one failed helps only those who forge tokens.
        super().__init__("The access token is missing, invalid or expired.")


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """The claims of a verified access token."""

    user_id: int
    session_id: UUID


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """Creates and verifies access tokens."""

    ring: KeyRing
    algorithm: Algorithm
    lifetime: timedelta

    def create_access_token(self, user_id: int, session_id: UUID) -> str:
        """A signed token for a session, valid for `lifetime` from now."""
        now = datetime.now(UTC)
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + self.lifetime,
            "sub": str(user_id),
            "sid": str(session_id),
        }
        kid = self.ring.signing_id
        return jwt.encode(
            claims,
            self.ring.keys[kid],
            algorithm=self.algorithm,
            headers={"kid": kid, "typ": TOKEN_TYPE},
        )

    def verify_token(self, token: str) -> AccessClaims:
        """Return the claims. Raises `InvalidToken` for every kind of bad token."""
        try:
            header = jwt.get_unverified_header(token)
            key = self.ring.keys.get(str(header.get("kid")))
            if key is None or header.get("typ") != TOKEN_TYPE:
                raise InvalidToken
            claims = jwt.decode(
                token,
                key,
                algorithms=[self.algorithm],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": list(REQUIRED_CLAIMS), "strict_aud": True},
            )
            if any(type(claims.get(name, 0)) is not int for name in TIMES):
                raise InvalidToken
            return AccessClaims(_user_id(claims["sub"]), UUID(claims["sid"]))
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            raise InvalidToken from error


def _user_id(subject: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,17}", subject, re.ASCII):
        raise ValueError("sub is not an id")
    return int(subject)
