"""What a client sends in place of a token: MD5 of the MD5 that both know of it."""

import hmac

from unwrapped.music.scrobbles.tokens import md5


def is_proof(sent: str, *parts: str) -> bool:
    """Whether a client sent the MD5 of these parts, one after the other."""
    expected = md5("".join(parts))
    return hmac.compare_digest(sent.lower().encode(errors="replace"), expected.encode())
