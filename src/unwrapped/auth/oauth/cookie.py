"""The cookie that ties a sign-in with a provider to the browser that began it.

It is `SameSite=Lax`, since the browser comes back from another site. On its own it
grants no access.
"""

from fastapi import Response

from unwrapped.auth.oauth.states import LIFETIME

COOKIE = "__Host-Http-oauth"


def set_cookie(response: Response, secret: str) -> None:
    """Set the cookie for as long as a sign-in may take."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LIFETIME.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite="lax",
    )
