"""The cookies of a web session, and of a browser that has signed in before.

The prefix `__Host-Http-` makes browsers accept them only over HTTPS (or from this
machine), for this host alone, and keeps scripts from reading or setting them. The
session's cookie is Lax, so that somebody who follows a link from elsewhere is signed in
(decision 0047). Requests that change something need proof of origin.
"""

from datetime import timedelta
from typing import Literal

from fastapi import Response

from unwrapped.auth.sessions import device_cookie
from unwrapped.auth.sessions.caller_lookup import LIFETIME

COOKIE = "__Host-Http-session"
DEVICES_COOKIE = "__Host-Http-devices"


def set_cookie(response: Response, secret: str) -> None:
    """Set the cookie for as long as a session can last."""
    _set(response, COOKIE, secret, LIFETIME, "lax")


def set_devices_cookie(response: Response, value: str) -> None:
    """Set the cookie that `Devices.add` returned."""
    _set(response, DEVICES_COOKIE, value, device_cookie.LIFETIME, "strict")


def _set(
    response: Response,
    name: str,
    value: str,
    lifetime: timedelta,
    same_site: Literal["lax", "strict"],
) -> None:
    response.set_cookie(
        name,
        value,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=True,
        httponly=True,
        samesite=same_site,
    )


def clear_cookie(response: Response) -> None:
    """Delete the cookie of the session."""
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
