"""Signed tokens, true and forged, made without the library that reads them."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

type Json = dict[str, Any]
type Sign = Callable[[bytes], bytes]


@dataclass(frozen=True)
class SigningKey:
    """An RSA key that a provider signs with."""

    kid: str
    private: RSAPrivateKey

    @property
    def header(self) -> Json:
        """The header of the tokens that the key signs."""
        return {"alg": "RS256", "typ": "JWT", "kid": self.kid}

    @property
    def jwk(self) -> Json:
        """The public half, as in a JWK set."""
        numbers = self.private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": encoded(numbers.n.to_bytes(self.private.key_size // 8)),
            "e": encoded(numbers.e.to_bytes(3)),
        }

    def public(self, encoding: Encoding) -> bytes:
        """The public half, as in a file."""
        form = PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(encoding, form)

    def sign(self, data: bytes) -> bytes:
        """Sign by RS256."""
        return self.private.sign(data, PKCS1v15(), SHA256())


@cache
def rsa_key(name: str) -> SigningKey:
    """A key, cached, since making one takes a while. Its `kid` is its name."""
    return SigningKey(name, generate_private_key(65537, 2048))


def hmac_by(secret: bytes) -> Sign:
    """Sign by HS256, as anybody who knows the secret can."""
    return lambda data: hmac.digest(secret, data, hashlib.sha256)


def unsigned(_: bytes) -> bytes:
    """No signature."""
    return b""


def token(header: object, claims: object, sign: Sign) -> str:
    """Return a compact JWS of any parts."""
    signed = f"{written(header)}.{written(claims)}"
    return f"{signed}.{encoded(sign(signed.encode()))}"


def written(value: object) -> str:
    """A part of a token; bytes are used as JSON that is already encoded."""
    return encoded(value if isinstance(value, bytes) else json.dumps(value).encode())


def encoded(value: bytes) -> str:
    """Encode by base64url, without padding."""
    return urlsafe_b64encode(value).rstrip(b"=").decode()
