"""The cookies of a web session, and of a browser that has signed in before.

`__Host-Http-`: browsers take it only over HTTPS (or from this machine), for this host
alone, and no script can read or set it.
"""

from datetime import timedelta

from fastapi import Response

from unwrapped.auth.sessions import devices
from unwrapped.auth.sessions.lookup import LIFETIME

COOKIE = "__Host-Http-session"
DEVICES_COOKIE = "__Host-Http-devices"


def set_cookie(response: Response, secret: str) -> None:
    """Let the browser keep the secret for as long as a session can last."""
    _set(response, COOKIE, secret, LIFETIME)


def set_devices_cookie(response: Response, value: str) -> None:
    """Let the browser keep what `Devices.add` returned."""
    _set(response, DEVICES_COOKIE, value, devices.LIFETIME)


def _set(response: Response, name: str, value: str, lifetime: timedelta) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
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
