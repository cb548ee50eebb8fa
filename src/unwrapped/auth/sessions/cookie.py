"""The cookie of a web session.

`__Host-Http-`: browsers take it only over HTTPS (or from this machine), for this host
alone, and no script can read or set it.
"""

from fastapi import Response

from unwrapped.auth.sessions.lookup import LIFETIME

COOKIE = "__Host-Http-session"


def set_cookie(response: Response, secret: str) -> None:
    """Let the browser keep the secret for as long as a session can last."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="strict",
    )


def clear_cookie(response: Response) -> None:
    """Let the browser forget the secret."""
    response.delete_cookie(
        COOKIE, path="/", secure=True, httponly=True, samesite="strict"
    )
