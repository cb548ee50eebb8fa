"""Host names, as the `Host` header carries them and as settings list them."""

import re
from ipaddress import IPv6Address, ip_address

_HOST = re.compile(
    r"(?:\[(?P<v6>[0-9a-f:.]+(%[a-z0-9._~-]+)?)\]|(?P<name>[a-z0-9._-]+))(?::[0-9]{0,5})?",
    re.IGNORECASE,
)
_LABEL = "[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
_PATTERN = re.compile(rf"(\*\.)?({_LABEL}\.)*{_LABEL}")


def host_of(header: str) -> str:
    """The name or address in a `Host` header: lower case, without port or last dot.

    Raises `ValueError` for anything else.
    """
    match = _HOST.fullmatch(header)
    if match is None:
        raise ValueError("no host")
    if match["v6"] is not None:
        return str(IPv6Address(match["v6"]))
    return match["name"].lower().removesuffix(".")


def is_host(text: str) -> bool:
    """Whether `host_of` accepts a text."""
    try:
        host_of(text)
    except ValueError:
        return False
    return True


def is_address(host: str) -> bool:
    """Whether a host is an IP address and not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def host_pattern(text: str) -> str:
    """A name like music.example.org, or *.example.org for all below it, in lower case.

    IP addresses are accepted too. Raises `ValueError` for anything else.
    """
    pattern = text.lower().removesuffix(".")
    if not (is_address(pattern) or _PATTERN.fullmatch(pattern)):
        raise ValueError(
            "write names alone, between commas, like music.example.org, or"
            " *.example.org for all below it (other letters than a to z in their xn--"
            " form)"
        )
    return pattern
