"""Redirect URIs: registering them, matching a request's URI, adding parameters.

A request's URI is only compared with the registered ones, never parsed: parsers drop line
breaks and disagree on what a host is.
"""

import re
from urllib.parse import urlencode

from unwrapped.core.exceptions import Invalid

_URI = re.compile(
    r"(?P<origin>(?P<scheme>https?)://(?P<host>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?)"
    r"(?P<rest>[/?][!-\"$-~]*)?"
)
_LOOPBACK = ("127.0.0.1", "[::1]")


class RedirectUriRefused(Invalid):
    """Spotify does not register such a redirect URI."""

    code = "redirect_uri_refused"


def check_redirect_uri(uri: str) -> None:
    """Raise `RedirectUriRefused` unless Spotify would register the URI."""
    match = _URI.fullmatch(uri)
    if match is None:
        raise RedirectUriRefused(
            f"{uri!r} cannot be registered: write an absolute http or https address"
            " without a fragment."
        )
    if match["scheme"] == "http" and match["host"] not in _LOOPBACK:
        raise RedirectUriRefused(
            f"{uri!r} cannot be registered: Spotify accepts https, or http on 127.0.0.1 or"
            " [::1]. `localhost` is no exception."
        )


def is_registered(uri: str, registered: tuple[str, ...]) -> bool:
    """Whether a request's URI is exactly one of the registered ones.

    A loopback URI that is registered without a port matches any port.
    """
    return any(uri == one or _differs_in_port(uri, one) for one in registered)


def _differs_in_port(uri: str, registered: str) -> bool:
    for host in _LOOPBACK:
        origin = f"http://{host}"
        rest = registered.removeprefix(origin)
        if registered.startswith(origin) and not rest.startswith(":"):
            pattern = re.escape(origin) + ":[0-9]{1,5}" + re.escape(rest)
            return re.fullmatch(pattern, uri) is not None
    return False


def form_target(uri: str) -> str:
    """A registered URI as a source of `form-action`: browsers apply it to redirects, too."""
    match = _URI.fullmatch(uri)
    if match is None:
        raise ValueError("no registered URI")
    # An IPv6 address is not a valid host in a Content-Security-Policy.
    is_name = not match["host"].startswith("[")
    return match["origin"] if is_name else f"{match['scheme']}:"


def with_parameters(uri: str, parameters: dict[str, str]) -> str:
    """A registered URI with more parameters, always percent-encoded."""
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(parameters)}"
