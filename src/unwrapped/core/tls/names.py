"""The names that a certificate is for: host names, wildcards and IP addresses."""

import re
from collections.abc import Sequence
from ipaddress import ip_address, ip_network

from cryptography import x509

from unwrapped.core.exceptions import Invalid
from unwrapped.core.printable import printable

OWN_NAMES = ("localhost", "127.0.0.1", "::1")

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# Browsers accept a wildcard only before two labels, and read digits as an address.
_HOST_NAME = re.compile(rf"(\*\.{_LABEL}\.)?({_LABEL}\.)*(?![0-9]+\Z){_LABEL}")
_LONGEST_HOST_NAME = 253

type Name = x509.DNSName | x509.IPAddress


class UnusableName(Invalid):
    """A text is not a name that a certificate can be created for."""

    code = "unusable_name"


def parse_names(names: Sequence[str]) -> list[Name]:
    """This machine's own names and the given ones, each once. Raises `UnusableName`."""
    return list(dict.fromkeys(map(_parse_name, (*OWN_NAMES, *names))))


def names_of(certificate: x509.Certificate) -> list[Name]:
    """The names of a certificate. Raises the library's errors if it is unreadable."""
    extensions = certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [name for name in names if isinstance(name, x509.DNSName | x509.IPAddress)]


def constraint(name: Name) -> Name:
    """The name constraint that permits a name and, for a host, names below it."""
    if isinstance(name, x509.DNSName):
        return x509.DNSName(name.value.removeprefix("*."))
    return x509.IPAddress(ip_network(str(name.value)))


def is_permitted(name: Name, permitted: x509.GeneralName) -> bool:
    """Whether a `constraint` permits the name."""
    least = constraint(name)
    if isinstance(least, x509.DNSName) and isinstance(permitted, x509.DNSName):
        return f".{least.value}".endswith(f".{permitted.value}")
    return least == permitted


def _parse_name(text: str) -> Name:
    try:
        address = ip_address(text)
    except ValueError:
        host = text.lower().removesuffix(".")
        if _HOST_NAME.fullmatch(host) and len(host) <= _LONGEST_HOST_NAME:
            return x509.DNSName(host)
    else:
        if not (address.is_unspecified or address.is_multicast or "%" in text):
            return x509.IPAddress(address)
    raise UnusableName(
        f"{printable(text)!r} is not a name for a certificate: write a host name or an IP"
        " address alone, like nas.lan, *.nas.lan or 192.168.1.5 (other letters than a to z"
        " in their xn-- form)."
    )
