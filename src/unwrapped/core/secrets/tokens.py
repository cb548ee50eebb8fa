"""Opaque tokens: 256 random bits unless the kind says less, of which a hash is stored.

`unwrapped_<kind>_` at the start and a checksum at the end let programs that look for
leaked secrets find them, and nothing else; a mistyped token needs no look into the
database. Plain SHA-256 is enough for what nobody can guess.
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
    """Tokens that begin alike."""

    prefix: str
    random_characters: int = RANDOM_CHARACTERS

    def create(self) -> str:
        """A new token."""
        body = "".join(secrets.choice(ALPHABET) for _ in range(self.random_characters))
        return f"{self.prefix}{body}{checksum(self.prefix + body)}"

    def owns(self, text: str) -> bool:
        """Whether a text begins as tokens of this kind do."""
        return text.startswith(self.prefix)

    def is_sound(self, text: str) -> bool:
        """Whether a text could have been made by `create`."""
        body, check = text[:-CHECK_CHARACTERS], text[-CHECK_CHARACTERS:]
        length = len(self.prefix) + self.random_characters + CHECK_CHARACTERS
        is_whole = self.owns(text) and len(text) == length and text.isascii()
        return is_whole and check == checksum(body)


def hash_token(token: str) -> str:
    """What is stored of a token: SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def checksum(text: str) -> str:
    """The last characters of a token whose others are `text`: CRC-32 in base 62."""
    number = zlib.crc32(text.encode())
    digits = []
    for _ in range(CHECK_CHARACTERS):
        number, digit = divmod(number, len(ALPHABET))
        digits.append(ALPHABET[digit])
    return "".join(reversed(digits))
