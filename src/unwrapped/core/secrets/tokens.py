"""Opaque tokens: 256 random bits unless the kind has fewer; only a hash is stored.

The prefix `unwrapped_<kind>_` and a checksum at the end let secret scanners recognise
leaked tokens exactly, and a mistyped token is refused without a query. Plain SHA-256 is
enough for a text that nobody can guess.
"""

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass

ALPHABET = string.digits + string.ascii_letters
RANDOM_CHARACTERS = 43
"""62^43 is just over 2^256."""
CHECK_CHARACTERS = 6


@dataclass(frozen=True, slots=True)
class TokenKind:
    """A kind of token, with its prefix."""

    prefix: str
    random_characters: int = RANDOM_CHARACTERS

    def create(self) -> str:
        """A new token."""
        body = "".join(secrets.choice(ALPHABET) for _ in range(self.random_characters))
        return f"{self.prefix}{body}{checksum(self.prefix + body)}"

    def owns(self, text: str) -> bool:
        """Whether a text begins like tokens of this kind."""
        return text.startswith(self.prefix)

    def is_sound(self, text: str) -> bool:
        """Whether `create` could have returned the text."""
        body, check = text[:-CHECK_CHARACTERS], text[-CHECK_CHARACTERS:]
        length = len(self.prefix) + self.random_characters + CHECK_CHARACTERS
        is_whole = self.owns(text) and len(text) == length and text.isascii()
        return is_whole and check == checksum(body)


def hash_token(token: str) -> str:
    """The stored hash of a token: SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def checksum(text: str) -> str:
    """The last characters of a token that begins with `text`: CRC-32 in base 62."""
    number = zlib.crc32(text.encode())
    digits = []
    for _ in range(CHECK_CHARACTERS):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
