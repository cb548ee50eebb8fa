"""Checks the MD5 with which a client proves that it knows a token, without sending the token."""

import hmac

from unwrapped.music.scrobbles.tokens import md5


def is_proof(sent: str, *parts: str) -> bool:
    """Whether `sent` is the MD5 of the parts joined together."""
    expected = md5("".join(parts))
    return hmac.compare_digest(sent.lower().encode(errors="replace"), expected.encode())
