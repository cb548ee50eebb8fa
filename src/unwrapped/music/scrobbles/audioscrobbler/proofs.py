"""Proof of a token without sending it: an MD5 that includes the token's MD5."""

import hmac

from unwrapped.music.scrobbles.tokens import md5


def is_proof(sent: str, *parts: str) -> bool:
    """Whether a client sent the MD5 of these parts joined together."""
    expected = md5("".join(parts))
    return hmac.compare_digest(sent.lower().encode(errors="replace"), expected.encode())
