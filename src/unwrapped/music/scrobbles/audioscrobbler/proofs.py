"""Checks that a client knows a token without sending it: it sends an MD5 made with the
token's MD5.
"""

import hmac

from unwrapped.music.scrobbles.tokens import md5


def is_proof(sent: str, *parts: str) -> bool:
    """Whether `sent` is the MD5 of the parts joined together."""
    expected = md5("".join(parts))
    return hmac.compare_digest(sent.lower().encode(errors="replace"), expected.encode())
